// npm `momo-payment-api`: a merchant's client.  Reads {keys, method, data, answer} on stdin and
// prints {result, sent}: what it sends is kept and answered with `answer`, nothing leaves.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.cwd()}/`);
const axios = require("axios");
const { MomoPayment } = require("momo-payment-api");

const { keys, method, data, answer } = JSON.parse(readFileSync(0, "utf8"));
let sent = null;
axios.defaults.adapter = async (config) => {
  sent = { url: config.url, body: config.data };
  return { data: answer ?? {}, status: 200, statusText: "", headers: {}, config };
};
const momo = new MomoPayment(keys.partnerCode, keys.accessKey, keys.secretKey);
const result = await momo[method](data);
console.log(JSON.stringify({ result, sent }));
