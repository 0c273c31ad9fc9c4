"""What the edge shows of a parent, of which nothing is asked."""

from shared.kinship import child_id


async def test_a_parent_shows_none_and_names_the_children_to_ask_about(counter, a):
    child = child_id(a.application, 1)  # the others wait
    await counter.bring(a.routed(portal="portal"), application=child)

    seen = (await counter.http.get(f"/v1/payments/{a.application}")).json()
    asked = (await counter.http.get(f"/v1/payments/{seen['children'][0]}")).json()

    assert (seen["status"], seen["obligations"], seen["to_refund_vnd"]) == ("none", [], 0)
    assert seen["children"] == [child]
    assert (asked["status"], asked["children"]) == ("open", [])


async def test_the_children_of_another_portals_parent_are_as_unknown_as_it_is(counter, a):
    child = child_id(a.application, 0)
    await counter.bring(a.routed(portal="another"), application=child)

    answer = await counter.http.get(f"/v1/payments/{a.application}")

    assert answer.status_code == 404
