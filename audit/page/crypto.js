// SHA-2 and Ed25519 on plain numbers, so that the check runs in a file opened from a disk,
// where browsers withhold their own cryptography. Nothing here is secret: it need not hide its timing.

const utf8 = (s) => new TextEncoder().encode(s);
const join = (...parts) => Uint8Array.from(parts.flatMap((p) => [...p]));
const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
const toBig = (bytes) => bytes.reduce((n, b) => (n << 8n) | BigInt(b), 0n);
const fromBig = (n, size) => Uint8Array.from({ length: size }, (_, i) => Number((n >> BigInt(8 * (size - 1 - i))) & 255n));

// SHA-2 (FIPS 180-4). Its constants are the first bits of roots of the first primes.
function firstPrimes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p)) found.push(n);
  return found;
}

function fractionOfRoot(k, p) {
  const n = BigInt(p) << BigInt(64 * k), below = BigInt(k - 1);
  let x = 1n << 70n; // Newton's method from above
  for (;;) {
    const y = (below * x + n / x ** below) / BigInt(k);
    if (y >= x) return x & (2n ** 64n - 1n);
    x = y;
  }
}

const CUBES = firstPrimes(80).map((p) => fractionOfRoot(3, p));
const SQUARES = firstPrimes(8).map((p) => fractionOfRoot(2, p));
const SHA256 = { word: 32n, rounds: 64, big: [[2n, 13n, 22n], [6n, 11n, 25n]], small: [[7n, 18n, 3n], [17n, 19n, 10n]] };
const SHA512 = { word: 64n, rounds: 80, big: [[28n, 34n, 39n], [14n, 18n, 41n]], small: [[1n, 8n, 7n], [19n, 61n, 6n]] };

function sha2(kind, message) {
  const { word, rounds, big, small } = kind, mask = 2n ** word - 1n, bytes = Number(word) / 8;
  const turn = (x, n) => (x >> n) | ((x << (word - n)) & mask);
  const sum = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ turn(x, c);
  const mix = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ (x >> c);
  const constant = (c) => c >> (64n - word);

  const block = 16 * bytes, tail = 2 * bytes;
  const zeros = (2 * block - ((message.length + 1 + tail) % block)) % block;
  const data = join(message, [0x80], new Uint8Array(zeros), fromBig(BigInt(message.length) * 8n, tail));
  let state = SQUARES.map(constant);
  for (let at = 0; at < data.length; at += block) {
    const w = [];
    for (let t = 0; t < rounds; t++) {
      w.push(t < 16 ? toBig(data.subarray(at + t * bytes, at + (t + 1) * bytes))
        : (mix(w[t - 2], small[1]) + w[t - 7] + mix(w[t - 15], small[0]) + w[t - 16]) & mask);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < rounds; t++) {
      const t1 = h + sum(e, big[1]) + ((e & f) ^ (~e & mask & g)) + constant(CUBES[t]) + w[t];
      const t2 = sum(a, big[0]) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(t1 + t2) & mask, a, b, c, (d + t1) & mask, e, f, g];
    }
    state = [a, b, c, d, e, f, g, h].map((x, i) => (x + state[i]) & mask);
  }
  return join(...state.map((x) => fromBig(x, bytes)));
}

const sha256 = (message) => sha2(SHA256, message);

// HMAC-SHA-256 (RFC 2104).
function hmac(key, message) {
  const k = new Uint8Array(64);
  k.set(key.length > 64 ? sha256(key) : key);
  return sha256(join(k.map((b) => b ^ 0x5c), sha256(join(k.map((b) => b ^ 0x36), message))));
}

// Ed25519 (RFC 8032), verification only, in extended coordinates [X, Y, Z, T].
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a) => ((a % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = (b * b) % P) if (e & 1n) result = (result * b) % P;
  return result;
}

const inverse = (a) => power(a, P - 2n);
const CURVE = mod(-121665n * inverse(121666n));

function addPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = (y1 - x1) * (y2 - x2), b = (y1 + x1) * (y2 + x2), c = 2n * t1 * t2 * CURVE, d = 2n * z1 * z2;
  const e = mod(b - a), f = mod(d - c), g = mod(d + c), h = mod(b + a);
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function multiply(point, n) {
  let result = [0n, 1n, 1n, 0n];
  for (let p = point, k = n; k > 0n; k >>= 1n, p = addPoints(p, p)) if (k & 1n) result = addPoints(result, p);
  return result;
}

function pointAt(y, odd) {
  if (y >= P) return null;
  const square = mod((y * y - 1n) * inverse(CURVE * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(x * x) !== square || (x === 0n && odd)) return null;
  if ((x & 1n) !== (odd ? 1n : 0n)) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

const little = (bytes) => toBig(bytes.slice().reverse());
const BASE = pointAt(mod(4n * inverse(5n)), false);

function encodePoint([x, y, z]) {
  const by = inverse(z), n = mod(y * by) | ((mod(x * by) & 1n) << 255n);
  return fromBig(n, 32).reverse();
}

function ed25519(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const n = little(key), a = pointAt(n & (2n ** 255n - 1n), (n >> 255n) === 1n);
  const r = signature.slice(0, 32), s = little(signature.slice(32));
  if (!a || s >= ORDER) return false;
  const k = little(sha2(SHA512, join(r, key, message))) % ORDER;
  const minusA = [mod(-a[0]), a[1], 1n, mod(-a[3])];
  return same(encodePoint(addPoints(multiply(BASE, s), multiply(minusA, k))), r);
}
