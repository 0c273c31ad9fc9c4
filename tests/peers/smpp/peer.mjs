// npm `smpp`: a message centre and a client, not of our making.  The first line on stdin says which
// ({role: "centre" | "client", ...}); whatever happens is a line of JSON on stdout.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.cwd()}/`);
const smpp = require("smpp");

const say = (event, told = {}) => console.log(JSON.stringify({ event, ...told }));
const SAID = [
  "source_addr_ton", "source_addr_npi", "source_addr", "dest_addr_ton", "dest_addr_npi",
  "destination_addr", "esm_class", "priority_flag", "validity_period", "registered_delivery",
  "data_coding", "user_message_reference", "sar_msg_ref_num", "sar_total_segments",
  "sar_segment_seqnum",
];
const heard = (pdu) => {
  const body = pdu.message_payload ?? pdu.short_message ?? {};
  const told = Object.fromEntries(SAID.filter((n) => n in pdu).map((n) => [n, pdu[n]]));
  return { ...told, payload: "message_payload" in pdu, text: body.message ?? body, udh: body.udh };
};

// {password, form}; then lines: {do: "refuse", status, count} {do: "drop"} {do: "unbind"}
// {do: "enquire"} {do: "silent", count} {do: "hold"} {do: "deliver", ...a deliver_sm}
function centre({ password, form }, lines) {
  const plan = { refuse: [], silent: 0, ids: 0, early: false };
  let session;
  const receipt = (pdu, id, late = 50) =>
    setTimeout(() => session?.deliver_sm({
      source_addr: pdu.destination_addr,
      destination_addr: pdu.source_addr,
      esm_class: 4,
      short_message: form === "optional" ? "" :
        `id:${id} sub:001 dlvrd:001 submit date:2611200801 done date:2611200802 ` +
        `stat:DELIVRD err:000 text:`,
      ...(form === "text" ? {} : {
        receipted_message_id: id,
        message_state: 2,
        user_message_reference: pdu.user_message_reference,
      }),
    }, (answer) => say("answered", { id, status: answer.command_status })), late);
  const server = smpp.createServer({}, (connection) => {
    connection.on("error", () => {});
    connection.on("close", () => say("closed"));
    connection.on("bind_transceiver", (pdu) => {
      const good = pdu.password === password;
      connection.send(pdu.response({ command_status: good ? 0 : 0x0e, system_id: "peer" }));
      if (!good) return connection.close();
      session = connection;
      say("bound", { system_id: pdu.system_id, version: pdu.interface_version });
    });
    connection.on("unbind", (pdu) => {
      say("unbound");
      connection.send(pdu.response(), null, () => connection.close());
    });
    connection.on("enquire_link", (pdu) => {
      say("enquired");
      connection.send(pdu.response());
    });
    connection.on("query_sm", (pdu) => {
      say("queried", { id: pdu.message_id });
      connection.send(pdu.response({ message_id: pdu.message_id, message_state: 2 }));
    });
    connection.on("submit_sm", (pdu) => {
      say("submitted", heard(pdu));
      const status = plan.refuse.shift();
      if (status) return connection.send(pdu.response({ command_status: status }));
      const id = `peer-${++plan.ids}`;
      if (plan.silent-- > 0) return receipt(pdu, id);
      if (plan.early) receipt(pdu, id, 0);
      setTimeout(() => connection.send(pdu.response({ message_id: id })), plan.early ? 100 : 0);
      if (pdu.registered_delivery && !plan.early && form !== "none") receipt(pdu, id);
    });
  });
  server.listen(0, "127.0.0.1", () => say("listening", { port: server.address().port }));
  lines.on("line", (line) => {
    const { do: what, ...told } = JSON.parse(line);
    say("told");
    if (what === "refuse") plan.refuse = Array(told.count).fill(told.status);
    if (what === "silent") plan.silent = told.count;
    if (what === "early") plan.early = true;
    if (what === "drop") session.destroy();
    if (what === "unbind") session.unbind(() => session.close());
    if (what === "enquire") session.enquire_link((pdu) => say("alive", { status: pdu.command_status }));
    if (what === "deliver") session.deliver_sm(told, (pdu) => say("answered", { status: pdu.command_status }));
  });
}

// {port, system_id, password, messages: [...submit_sm]}: binds, submits, takes as many receipts
function client({ port, system_id, password, messages }) {
  const session = smpp.connect({ host: "127.0.0.1", port });
  const ids = [];
  let receipts = 0;
  const done = () => session.query_sm({ message_id: ids.at(-1) }, (asked) => {
    say("queried", { state: asked.message_state });
    session.enquire_link((pdu) => {
      say("alive", { status: pdu.command_status });
      session.unbind((gone) => {
        say("unbound", { status: gone.command_status });
        session.close();
      });
    });
  });
  session.on("error", () => {});
  session.on("close", () => process.exit(0));
  session.on("deliver_sm", (pdu) => {
    session.send(pdu.response());
    say("delivered", {
      esm_class: pdu.esm_class,
      id: pdu.receipted_message_id,
      state: pdu.message_state,
      reference: pdu.user_message_reference,
      text: pdu.short_message.message,
    });
    receipts += 1;
    if (receipts === messages.length) done();
  });
  session.bind_transceiver({ system_id, password }, (bound) => {
    say("bound", { status: bound.command_status, system_id: bound.system_id });
    if (bound.command_status) return session.close();
    for (const message of messages) session.submit_sm(message, (pdu) => {
      ids.push(pdu.message_id);
      say("submitted", { status: pdu.command_status, id: pdu.message_id });
    });
  });
}

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const { role, ...told } = JSON.parse(line);
  say("told");
  if (role === "errors") say("errors", smpp.errors);
  else role === "centre" ? centre(told, lines) : client(told);
});
lines.on("close", () => process.exit(0));
