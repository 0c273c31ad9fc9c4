// npm `@payos/node`: a merchant's client and verifier.  Reads {keys, asked: [{method, data, answer}]}
// on stdin and prints, for each, {result, error, sent}: what it sends is kept and answered with
// `answer`, nothing leaves.  `body` signs data as PayOS would and prints the body as it is sent.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.cwd()}/`);
const { PayOS } = require("@payos/node");

const { keys, asked } = JSON.parse(readFileSync(0, "utf8"));
let sent = null;
let answer = null;
const fetch = async (url, { method, headers, body }) => {
  sent = { url, method, headers, body };
  return new Response(JSON.stringify(answer ?? {}), { status: 200 });
};
const payos = new PayOS({ ...keys, baseURL: "http://bank", maxRetries: 0, fetch });
const methods = {
  create: (data) => payos.paymentRequests.create(data),
  get: (data) => payos.paymentRequests.get(data),
  verify: (data) => payos.webhooks.verify(data),
  sign: (data) => payos.crypto.createSignatureOfPaymentRequest(data, keys.checksumKey),
  body: async (data) =>
    JSON.stringify({
      data,
      signature: await payos.crypto.createSignatureFromObj(data, keys.checksumKey),
    }),
};
const said = [];
for (const one of asked) {
  sent = null;
  answer = one.answer;
  try {
    said.push({ result: await methods[one.method](one.data), error: null, sent });
  } catch (error) {
    said.push({ result: null, error: String(error), sent });
  }
}
console.log(JSON.stringify(said));
