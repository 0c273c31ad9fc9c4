(function () {
  "use strict";
  // "/" leads to the search box, unless somebody is typing
  addEventListener("keydown", function (event) {
    var at = document.activeElement;
    var box = document.getElementById("q");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !box) return;
    if (at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  // what looks again by itself does so only while somebody can see it
  addEventListener("htmx:beforeRequest", function (event) {
    if (document.hidden && event.target.hasAttribute("data-while-seen")) event.preventDefault();
  });
})();
