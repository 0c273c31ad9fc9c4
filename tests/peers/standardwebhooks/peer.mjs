// npm `standardwebhooks`: those who specify webhooks, as signer and verifier.  Reads {asked:
// [{method, secret, ...}]} on stdin and prints, for each, {result, error}.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.cwd()}/`);
const { Webhook } = require("standardwebhooks");

const methods = {
  sign: ({ secret, id, timestamp, body }) =>
    new Webhook(secret).sign(id, new Date(timestamp * 1000), body),
  verify: ({ secret, headers, body }) => new Webhook(secret).verify(body, headers),
};
const said = JSON.parse(readFileSync(0, "utf8")).asked.map((one) => {
  try {
    return { result: methods[one.method](one), error: null };
  } catch (error) {
    return { result: null, error: String(error) };
  }
});
console.log(JSON.stringify(said));
