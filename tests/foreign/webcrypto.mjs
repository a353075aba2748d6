// Node 18 (Debian's) has the Web Crypto API, but not as a global, where the libraries look for it.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
