// The published JavaScript agent, driven line by line: {"do", "url", ...} in JSON comes in, {"ok"} or {"error"} goes out.
// Its own checks are on: certificates, query signatures, the root key of the replica it is told to trust.
import "./webcrypto.mjs";
import { createInterface } from "node:readline";
import { verifyRequestResponsePair } from "@dfinity/response-verification";
import { CanisterStatus, HttpAgent, lookupResultToBuffer, pollForResponse, SubnetStatus } from "@icp-sdk/core/agent";
import {
  DelegationChain,
  DelegationIdentity,
  ECDSAKeyIdentity,
  Ed25519KeyIdentity,
} from "@icp-sdk/core/identity";
import { Secp256k1KeyIdentity } from "@icp-sdk/core/identity/secp256k1";
import { Principal } from "@icp-sdk/core/principal";
import { Passkey } from "./webauthn.mjs";

const KINDS = {
  ed25519: () => Ed25519KeyIdentity.generate(),
  secp256k1: () => Secp256k1KeyIdentity.generate(),
  p256: () => ECDSAKeyIdentity.generate(),
  webauthn: () => Passkey.generate(),
};
const NO_PATIENCE = () => ({ next: () => null });

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));

async function identityOf({ identity, delegation }) {
  if (identity === undefined) return undefined;
  const root = await KINDS[identity]();
  if (delegation === undefined) return root;
  const until = new Date(Date.now() + delegation.seconds * 1000);
  const targets = delegation.targets?.map((target) => Principal.fromText(target));
  let [holder, previous] = [root, undefined];
  for (let link = 0; link < (delegation.links ?? 1); link += 1) {
    const session = link % 2 ? Secp256k1KeyIdentity.generate() : await ECDSAKeyIdentity.generate();
    previous = await DelegationChain.create(holder, session.getPublicKey(), until, { previous, targets });
    holder = session;
  }
  return DelegationIdentity.fromDelegation(holder, previous);
}

async function agentFor(wish) {
  const trusted = wish.rootKey === undefined ? { shouldFetchRootKey: true } : { rootKey: bytes(wish.rootKey) };
  return HttpAgent.create({
    host: wish.url,
    identity: await identityOf(wish),
    verifyQuerySignatures: true,
    backoffStrategy: NO_PATIENCE,
    retryTimes: 0,
    ...trusted,
  });
}

const DEEDS = {
  async update(agent, { canister, method, arg }) {
    const { reply } = await agent.update(canister, { methodName: method, arg: bytes(arg) });
    return hex(reply);
  },
  async query(agent, { canister, method, arg }) {
    const answer = await agent.query(canister, { methodName: method, arg: bytes(arg) });
    return answer.status === "replied" ? hex(answer.reply.arg) : `rejected ${answer.reject_code} ${answer.error_code}`;
  },
  async readState(agent, { canister, path }) {
    const paths = [path.map(bytes)];
    const { Certificate } = await import("@icp-sdk/core/agent");
    const { certificate } = await agent.readState(canister, { paths });
    const checked = await Certificate.create({
      certificate,
      rootKey: agent.rootKey,
      principal: { canisterId: Principal.fromText(canister) },
    });
    return hex(lookupResultToBuffer(checked.lookup_path(paths[0])) ?? []);
  },
  async updatePolled(agent, { canister, method, arg }) {
    const sent = await agent.call(canister, { methodName: method, arg: bytes(arg), callSync: false });
    const { reply } = await pollForResponse(agent, Principal.fromText(canister), sent.requestId);
    return `${sent.response.status} ${hex(reply)}`;
  },
  async metadata(agent, { canister, name }) {
    const path = { kind: "metadata", key: name, path: name, decodeStrategy: "utf-8" };
    const found = await CanisterStatus.request({ agent, canisterId: Principal.fromText(canister), paths: [path] });
    return found.get(name) ?? "absent";
  },
  async subnet(agent, { canister }) {
    const subnetId = await agent.getSubnetIdFromCanister(canister);
    const found = await SubnetStatus.request({ agent, subnetId, paths: ["publicKey", "nodeKeys", "canisterRanges"] });
    const id = Principal.fromText(canister);
    const isOurs = found.get("canisterRanges").some(([first, last]) => first.ltEq(id) && last.gtEq(id));
    const isKey = Principal.selfAuthenticating(found.get("publicKey")).toText() === subnetId.toText();
    return `${found.get("nodeKeys").size} nodes, ${isOurs}, ${isKey}`;
  },
  async verifyPage(agent, { canister, request, response }) {
    const offset = BigInt(300e9);
    const now = BigInt(Date.now()) * BigInt(1e6);
    const id = Principal.fromText(canister).toUint8Array();
    const page = { ...response, body: bytes(response.body) };
    const asked = { ...request, body: bytes(request.body) };
    const { verificationVersion } = verifyRequestResponsePair(asked, page, id, now, offset, agent.rootKey, 1);
    return String(verificationVersion);
  },
  async whoami(agent) {
    return (await agent.getPrincipal()).toText();
  },
};

let agents = {};
for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line);
  let answer;
  try {
    const known = wish.as !== undefined && agents[wish.as];
    const agent = known || (await agentFor(wish));
    if (wish.as !== undefined) agents[wish.as] = agent;
    answer = { ok: await DEEDS[wish.do](agent, wish) };
  } catch (error) {
    answer = { error: error.code?.name ?? error.name ?? error.constructor.name, message: String(error.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
