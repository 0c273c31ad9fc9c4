// npm `vietnam-qr-pay`: an app's encoder and decoder.  Reads {build: [options], read: [payloads]} on
// stdin and prints {built: [payloads], read: [what they say]}.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.cwd()}/`);
const { QRPay } = require("vietnam-qr-pay");

const { build, read } = JSON.parse(readFileSync(0, "utf8"));
const built = build.map((options) => {
  const code = QRPay.initVietQR(options);
  code.additionalData.billNumber = options.billNumber;
  code.additionalData.reference = options.reference;
  return code.build();
});
const said = read.map((payload) => {
  const { isValid, consumer, amount, additionalData } = new QRPay(payload);
  return {
    isValid,
    bank: consumer.bankBin,
    number: consumer.bankNumber,
    amount,
    purpose: additionalData.purpose,
  };
});
console.log(JSON.stringify({ built, read: said }));
