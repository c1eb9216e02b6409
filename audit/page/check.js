// The checks of docs/log-format.md, in its order. Each throws where it does not hold.

const HEADERS = { receipt: 'amend.receipt.v1', leaf: 'amend.leaf.v1\n', commit: 'amend.commit.v1\n' };
const base64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const number = (n, size) => fromBig(BigInt.asUintN(64, BigInt(n)), size);
const sized = (bytes) => join(number(bytes.length, 4), bytes);
const text = (s) => sized(utf8(s));
const both = (t) => join(text(t.zh), text(t.en));
const list = (items, write) => join(number((items || []).length, 4), ...(items || []).map(write));

function must(holds) {
  if (!holds) throw new Error('does not hold');
}

// What the log's key signs for a statement: every field, behind its length.
function digest(s) {
  return sha256(join(utf8(HEADERS.receipt + '\n'),
    text(s.ref), both(s.company), text(s.to || ''), both(s.say), text(s.effective), text(s.issued),
    list(s.lines, (l) => join(both(l.label), text(l.was), text(l.now),
      list(l.openings, (o) => join(text(o.name), sized(base64(o.salt)), text(o.content))))),
    list(s.steps, (p) => join(text(p.at), both(p.what), number(p.pos, 8))),
    list(s.systems, both), both(s.help),
    list(s.witnesses, (w) => join(text(w.key), both(w.name)))));
}

// A signed note: text, an empty line, and lines "— name base64(key id, signature)".
function splitNote(note) {
  const at = note.lastIndexOf('\n\n');
  must(at >= 0);
  return { body: note.slice(0, at + 1), lines: note.slice(at + 2).split('\n').filter(Boolean) };
}

// Whether the note is signed by the key "name+id+base64"; a signature that is there and wrong throws.
function signedBy(note, key) {
  const [, name, id, data] = key.match(/^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/);
  const raw = base64(data), keyID = sha256(join(utf8(name + '\n'), raw)).slice(0, 4);
  must(raw[0] === 1 && same(keyID, number(parseInt(id, 16), 4)));
  const { body, lines } = splitNote(note);
  return lines.some((line) => {
    const [dash, signer, b64] = line.split(' ');
    must(dash === '—' && signer && b64);
    const sig = base64(b64);
    if (signer !== name || !same(sig.slice(0, 4), keyID)) return false;
    must(ed25519(raw.slice(1), utf8(body), sig.slice(4)));
    return true;
  });
}

function readCheckpoint(note, key) {
  const lines = splitNote(note).body.split('\n');
  must(lines.length === 5 && lines[0] === key.split('+')[0] && /^\d+$/.test(lines[1]) && lines[3].startsWith('at '));
  return { size: BigInt(lines[1]), root: base64(lines[2]) };
}

// The commitments of a leaf, as "name hex".
function commitments(leaf) {
  const header = utf8(HEADERS.leaf), view = new DataView(leaf.buffer);
  must(same(leaf.subarray(0, header.length), header));
  let at = header.length;
  const count = () => view.getUint32((at += 4) - 4);
  const take = (n) => leaf.subarray(at, (at += n));
  const field = () => new TextDecoder().decode(take(count()));
  const found = [];
  field(); // id
  take(8); // time
  for (let i = 0; i < 5; i++) field(); // verb, actor, sort, record, change
  for (let n = count(); n > 0; n--) { field(); field(); } // facts
  for (let n = count(); n > 0; n--) found.push(field() + ' ' + take(32).join());
  take(1 + 32); // alters, prev
  must(at === leaf.length);
  return found;
}

// RFC 9162, 2.1.3.2: walk from the leaf at pos to the root of a tree of size leaves.
function included({ leaf, pos, proof }, { size, root }) {
  let at = BigInt(pos), last = size - 1n, hash = sha256(join([0], base64(leaf)));
  must(at >= 0n && at <= last);
  for (const sibling of proof || []) {
    must(last > 0n);
    if (at & 1n || at === last) {
      hash = sha256(join([1], base64(sibling), hash));
      while (!(at & 1n) && at > 0n) { at >>= 1n; last >>= 1n; }
    } else {
      hash = sha256(join([1], hash, base64(sibling)));
    }
    at >>= 1n;
    last >>= 1n;
  }
  must(last === 0n && same(hash, root));
}

const committed = (o) => o.name + ' ' + hmac(base64(o.salt), join(utf8(HEADERS.commit), text(o.name), text(o.content))).join();

// Runs every check. Answers the witnesses that signed, or throws an error that names the check.
function verify(receipt, pageMatches) {
  const s = receipt.statement;
  let head, held, witnesses;
  const checks = {
    form: () => must(receipt.format === HEADERS.receipt && receipt.entries.length > 0),
    seal: () => {
      must(signedBy(receipt.seal, receipt.log_key));
      must(splitNote(receipt.seal).body === HEADERS.receipt + '\nsha256 ' + btoa(String.fromCharCode(...digest(s))) + '\n');
    },
    checkpoint: () => {
      must(signedBy(receipt.checkpoint, receipt.log_key));
      head = readCheckpoint(receipt.checkpoint, receipt.log_key);
      witnesses = (s.witnesses || []).map((w) => w.key !== receipt.log_key && signedBy(receipt.checkpoint, w.key));
    },
    inclusion: () => {
      receipt.entries.forEach((e) => included(e, head));
      (s.steps || []).forEach((p) => must(BigInt(p.pos) < head.size));
    },
    openings: () => {
      held = new Set(receipt.entries.flatMap((e) => commitments(base64(e.leaf))));
      (s.lines || []).forEach((l) => must(l.openings.length > 0 && l.openings.every((o) => held.has(committed(o)))));
    },
    page: () => must(pageMatches(s)),
  };
  for (const [name, check] of Object.entries(checks)) {
    try {
      check();
    } catch (cause) {
      throw Object.assign(new Error(name), { check: name, cause });
    }
  }
  return witnesses;
}
