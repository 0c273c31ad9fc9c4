// npm `vnpay`: a merchant's client and verifier.  Reads {config, method, data, answer} on stdin and
// prints {result, sent}: what it sends is kept and answered with `answer`, nothing leaves.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.cwd()}/`);
const { VNPay, ignoreLogger } = require("vnpay");

const { config, method, data, answer } = JSON.parse(readFileSync(0, "utf8"));
let sent = null;
globalThis.fetch = async (url, { body }) => {
  sent = { url, body };
  return new Response(JSON.stringify(answer ?? {}), { status: 200 });
};
const vnpay = new VNPay({ ...config, testMode: true, loggerFn: ignoreLogger });
const result = await vnpay[method](data);
console.log(JSON.stringify({ result, sent }));
