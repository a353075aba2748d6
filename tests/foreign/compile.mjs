// Compiles a Motoko file: node compile.mjs SOURCE OUT [NAME=PRINCIPAL=FILE.did ...] makes OUT.wasm and OUT.did.
// What follows OUT are canisters that the source may import as "canister:NAME"; files beside it are imported by name.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import motoko from "motoko";

const [source, out, ...actors] = process.argv.slice(2);
const core = createRequire(import.meta.url).resolve("motoko/packages/latest/core.json");
motoko.loadPackage(JSON.parse(readFileSync(core)));

const aliases = {};
for (const actor of actors) {
  const [name, principal, interfaceFile] = actor.split("=");
  aliases[name] = principal;
  motoko.write(`idl/${principal}.did`, readFileSync(interfaceFile, "utf8"));
}
motoko.setAliases("idl", aliases);

const folder = dirname(source);
for (const file of readdirSync(folder).filter((found) => found.endsWith(".mo"))) {
  motoko.write(file, readFileSync(join(folder, file), "utf8"));
}
const name = basename(source);
const faults = motoko.check(name).filter((found) => found.severity === 1);
for (const found of faults) {
  console.error(`${found.source}:${found.range.start.line + 1}: ${found.message}`);
}
if (faults.length > 0) {
  process.exit(1);
}
writeFileSync(`${out}.wasm`, motoko.wasm(name, "ic").wasm);
writeFileSync(`${out}.did`, motoko.candid(name));
