// The published JavaScript client of PocketIC against a server: node pic.mjs SERVER COUNTER.wasm FETCHER.wasm.
// Prints what it saw as JSON; the test compares.
import "./webcrypto.mjs";
import { createRequire } from "node:module";
import { PocketIc, SubnetStateType } from "@dfinity/pic";

// The client's own version of the core package, whose types it compares by class.
const require = createRequire(createRequire(import.meta.url).resolve("@dfinity/pic"));
const { Principal } = require("@icp-sdk/core/principal");
const { IDL } = require("@icp-sdk/core/candid");
const { HttpAgent, Actor } = require("@icp-sdk/core/agent");

const [server, counterWasm, fetcherWasm] = process.argv.slice(2);
const counterIdl = ({ IDL }) =>
  IDL.Service({
    increment: IDL.Func([], [IDL.Nat], []),
    read: IDL.Func([], [IDL.Nat], ["query"]),
    refuse: IDL.Func([IDL.Text], [], []),
    whoami: IDL.Func([], [IDL.Principal], ["query"]),
  });
const fetcherIdl = ({ IDL }) =>
  IDL.Service({
    fetch: IDL.Func(
      [IDL.Text, IDL.Text],
      [IDL.Variant({ ok: IDL.Tuple(IDL.Nat, IDL.Nat, IDL.Text), err: IDL.Text })],
      [],
    ),
  });

const fresh = { state: { type: SubnetStateType.New } };
const pic = await PocketIc.create(server, { nns: fresh, application: [fresh, fresh] });
const seen = {};

const topology = Object.values(await pic.getTopology());
seen.topology = topology.map((subnet) => subnet.type).sort();
const [first, second] = await pic.getApplicationSubnets();
const nns = await pic.getNnsSubnet();
seen.rootKeyBytes = (await pic.getPubKey(nns.id)).length;

const { canisterId, actor } = await pic.setupCanister({
  idlFactory: counterIdl,
  wasm: counterWasm,
  targetSubnetId: second.id,
});
seen.subnetIsTheOneAskedFor = (await pic.getCanisterSubnetId(canisterId)).toText() === second.id.toText();
seen.counted = [await actor.increment(), await actor.increment(), await actor.read()].map(Number);
seen.refused = await actor.refuse("not today").catch((error) => /not today/.test(error.message));
const person = Principal.fromUint8Array(Uint8Array.of(112, 2));
actor.setPrincipal(person);
seen.whoami = (await actor.whoami()).toText() === person.toText();

await pic.upgradeCanister({
  canisterId,
  wasm: counterWasm,
  upgradeModeOptions: { skip_pre_upgrade: [], wasm_memory_persistence: [{ keep: null }] },
});
seen.keptOverUpgrade = Number(await actor.read());

seen.controllers = (await pic.getControllers(canisterId)).map((one) => one.toText());
const before = await pic.getCyclesBalance(canisterId);
seen.added = Number((await pic.addCycles(canisterId, 1000)) - before);
await pic.setTime(new Date("2026-01-01T00:00:00Z"));
await pic.advanceTime(5_000);
await pic.tick(3);
seen.time = new Date(await pic.getTime()).toISOString().slice(0, 19);
const status = await pic.canisterStatus({ canisterId });
seen.status = Object.keys(status.status)[0];

const empty = await pic.createCanister({ targetSubnetId: first.id });
await pic.installCode({ canisterId: empty, wasm: counterWasm });
await pic.setStableMemory(empty, new TextEncoder().encode("remember"));
seen.stable = new TextDecoder().decode((await pic.getStableMemory(empty)).slice(0, 8));
await pic.stopCanister({ canisterId: empty });
await pic.startCanister({ canisterId: empty });

const fetcher = await pic.setupCanister({ idlFactory: fetcherIdl, wasm: fetcherWasm });
const deferred = pic.createDeferredActor(fetcherIdl, fetcher.canisterId);
async function outcall(answer) {
  const finish = await deferred.fetch("https://example.com/list?page=1", "hello");
  await pic.tick(2);
  const [pending, ...others] = await pic.getPendingHttpsOutcalls();
  seen.pending = {
    method: pending.httpMethod,
    url: pending.url,
    headers: pending.headers,
    body: new TextDecoder().decode(pending.body),
    limit: pending.maxResponseBytes,
    others: others.length,
  };
  await pic.mockPendingHttpsOutcall({ requestId: pending.requestId, subnetId: pending.subnetId, ...answer(pending) });
  const result = await finish();
  return "ok" in result ? [Number(result.ok[0]), Number(result.ok[1]), result.ok[2]] : result.err;
}
const reply = (text) => ({
  type: "success",
  statusCode: 200,
  headers: [["x-trace", text]],
  body: new TextEncoder().encode(text),
});
seen.answered = await outcall(() => ({ response: reply("items") }));
seen.rejected = await outcall(() => ({ response: { type: "reject", statusCode: 2, message: "no route" } }));
seen.diverged = await outcall(() => ({
  response: reply("a"),
  additionalResponses: [..."bcdefghijklm"].map(reply),
}));
seen.wrongNumber = await outcall((pending) => ({ response: reply("x"), additionalResponses: [reply("y")] })).catch(
  (error) => error.message,
);

const gateway = `http://127.0.0.1:${await pic.makeLive()}`;
const agent = await HttpAgent.create({ host: gateway, shouldFetchRootKey: true });
const live = Actor.createActor(counterIdl, { agent, canisterId });
seen.live = [await live.increment(), await live.read()].map(Number);
await pic.stopLive();

await pic.tearDown();
console.log(JSON.stringify(seen));
process.exit(0);
