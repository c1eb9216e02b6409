// The proof of a log entry, computed again in the reader's browser from what stands in the
// page: docs/log-format.md, 3 to 6. Nothing is sent anywhere.
(() => {
  "use strict";
  const place = document.querySelector("[data-leaf]");
  if (!place) return;
  const data = place.dataset;
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const utf8 = (text) => new TextEncoder().encode(text);
  const join = (...parts) => Uint8Array.from(parts.flatMap((p) => [...p]));
  const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
  const sha256 = async (message) => new Uint8Array(await crypto.subtle.digest("SHA-256", message));

  // root walks from the leaf at pos to the root of a tree of size leaves (RFC 9162, 2.1.3.2);
  // null if the path is too long or too short.
  async function root(leaf, pos, size, path) {
    let at = BigInt(pos);
    let last = BigInt(size) - 1n;
    if (at > last) return null;
    let hash = await sha256(join([0], leaf));
    for (const sibling of path) {
      if (last === 0n) return null;
      if (at & 1n || at === last) {
        hash = await sha256(join([1], sibling, hash));
        while (!(at & 1n) && at > 0n) [at, last] = [at >> 1n, last >> 1n];
      } else {
        hash = await sha256(join([1], hash, sibling));
      }
      [at, last] = [at >> 1n, last >> 1n];
    }
    return last === 0n ? hash : null;
  }

  // signed reports whether the key "name+id+base64" signed the note; a wrong signature under
  // its name and id is one that it did not make.
  async function signed(note, key) {
    const [, name, , raw] = key.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
    const published = bytes(raw); // 1 for Ed25519, then the key
    const id = (await sha256(join(utf8(`${name}\n`), published))).slice(0, 4);
    const end = note.lastIndexOf("\n\n");
    const verifier = await crypto.subtle.importKey("raw", published.slice(1), { name: "Ed25519" }, false, ["verify"]);
    for (const line of note.slice(end + 2).split("\n").filter(Boolean)) {
      const [, signer, base64] = line.split(" ");
      const made = bytes(base64);
      if (signer !== name || !same(made.slice(0, 4), id)) continue;
      return crypto.subtle.verify({ name: "Ed25519" }, verifier, made.slice(4), utf8(note.slice(0, end + 1)));
    }
    return false;
  }

  async function check() {
    const [origin, size, head] = data.note.split("\n");
    const path = data.path.split(" ").filter(Boolean).map(bytes);
    const reached = await root(bytes(data.leaf), data.pos, size, path);
    const holds = origin === data.logKey.split("+")[0] && reached && same(reached, bytes(head)) && (await signed(data.note, data.logKey));
    if (!holds) return data.bad;
    const seen = data.witnessKey && (await signed(data.note, data.witnessKey));
    return seen ? data.seen : data.good;
  }

  place.querySelector("[data-check]").addEventListener("click", async () => {
    const result = place.querySelector("[data-result]");
    result.textContent = await check().catch((fault) => (!crypto.subtle || fault.name === "NotSupportedError" ? data.cannot : data.bad));
  });
})();
