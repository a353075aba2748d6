// A passkey as the interface specification wants it: a P-256 key in COSE, signatures with what the authenticator adds.
import { createHash, webcrypto } from "node:crypto";
import { SignIdentity } from "@icp-sdk/core/agent";

const COSE_OID = [0x30, 0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xb8, 0x43, 0x01, 0x01];

const derLength = (size) => (size < 128 ? [size] : [0x81, size]);
const derSequence = (content) => [0x30, ...derLength(content.length), ...content];

function derInteger(bytes) {
  const digits = [...bytes];
  while (digits.length > 1 && digits[0] === 0) digits.shift();
  if (digits[0] > 127) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}

function cbor(kind, content) {
  const bytes = [...content];
  const size = bytes.length < 24 ? [kind + bytes.length] : bytes.length < 256 ? [kind + 24, bytes.length] : [kind + 25, bytes.length >> 8, bytes.length & 255];
  return [...size, ...bytes];
}
const cborText = (text) => cbor(0x60, new TextEncoder().encode(text));
const cborBytes = (bytes) => cbor(0x40, bytes);

export class Passkey extends SignIdentity {
  #privateKey;
  #publicKey;

  static async generate() {
    const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const point = new Uint8Array(await webcrypto.subtle.exportKey("raw", pair.publicKey));
    const [x, y] = [point.slice(1, 33), point.slice(33)];
    const cose = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, ...cborBytes(x), 0x22, ...cborBytes(y)];
    const passkey = new Passkey();
    passkey.#privateKey = pair.privateKey;
    passkey.#publicKey = Uint8Array.from(derSequence([...COSE_OID, 0x03, ...derLength(cose.length + 1), 0, ...cose]));
    return passkey;
  }

  getPublicKey() {
    return { toDer: () => this.#publicKey };
  }

  async sign(message) {
    const challenge = Buffer.from(message).toString("base64url");
    const clientData = JSON.stringify({ type: "webauthn.get", challenge, origin: "http://localhost" });
    const authenticatorData = new Uint8Array(37);
    const signed = Uint8Array.from([...authenticatorData, ...createHash("sha256").update(clientData).digest()]);
    const plain = await webcrypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, this.#privateKey, signed);
    const halves = [plain.slice(0, 32), plain.slice(32)].map((half) => derInteger(new Uint8Array(half)));
    const fields = [
      [...cborText("authenticator_data"), ...cborBytes(authenticatorData)],
      [...cborText("client_data_json"), ...cborText(clientData)],
      [...cborText("signature"), ...cborBytes(derSequence(halves.flat()))],
    ];
    return Uint8Array.from([0xd9, 0xd9, 0xf7, 0xa0 + fields.length, ...fields.flat()]);
  }
}
