// The published JavaScript agent, driven line by line: {"do", "url", ...} in JSON comes in, {"ok"} or {"error"} goes out.
// Its own checks are on: certificates, query signatures, the root key of the replica it is told to trust.
import "./webcrypto.mjs";
import { createInterface } from "node:readline";
import { verifyRequestResponsePair } from "@dfinity/response-verification";
import { HttpAgent, lookupResultToBuffer } from "@icp-sdk/core/agent";
import {
  DelegationChain,
  DelegationIdentity,
  ECDSAKeyIdentity,
  Ed25519KeyIdentity,
} from "@icp-sdk/core/identity";
import { Secp256k1KeyIdentity } from "@icp-sdk/core/identity/secp256k1";
import { Principal } from "@icp-sdk/core/principal";

const KINDS = {
  ed25519: () => Ed25519KeyIdentity.generate(),
  secp256k1: () => Secp256k1KeyIdentity.generate(),
  p256: () => ECDSAKeyIdentity.generate(),
};
const NO_PATIENCE = () => ({ next: () => null });

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));

async function identityOf({ identity, delegation }) {
  if (identity === undefined) return undefined;
  const root = await KINDS[identity]();
  if (delegation === undefined) return root;
  const session = await ECDSAKeyIdentity.generate();
  const until = new Date(Date.now() + delegation.seconds * 1000);
  const targets = delegation.targets?.map((target) => Principal.fromText(target));
  const chain = await DelegationChain.create(root, session.getPublicKey(), until, { targets });
  return DelegationIdentity.fromDelegation(session, chain);
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
