package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"io"

	"amend/fault"
)

// extended is XAES-256-GCM (C2SP): AES-256-GCM whose 24-byte nonce picks a fresh key for
// every message. One master key may so seal without count, where plain GCM with random
// nonces must stop at 2^32 messages (NIST SP 800-38D): stored idempotent answers alone
// would reach that within days.
type extended struct {
	block cipher.Block
	k1    [aes.BlockSize]byte
}

const extendedNonce = 24

func newExtended(key []byte) *extended {
	x := &extended{block: mustBlock(key)}
	x.block.Encrypt(x.k1[:], x.k1[:])
	carry := 0
	for i := len(x.k1) - 1; i >= 0; i-- { // doubling in GF(2^128), as in CMAC
		next := int(x.k1[i] >> 7)
		x.k1[i] = x.k1[i]<<1 | byte(carry)
		carry = next
	}
	x.k1[len(x.k1)-1] ^= byte(carry * 0b10000111)
	return x
}

// seal answers nonce ‖ ciphertext ‖ tag.
func (x *extended) seal(rand io.Reader, plain, bound []byte) []byte {
	out := make([]byte, extendedNonce, extendedNonce+len(plain)+tagSize)
	mustRead(rand, out)
	return x.under(out).Seal(out, out[12:], plain, bound)
}

func (x *extended) open(sealed, bound []byte) ([]byte, error) {
	if len(sealed) < extendedNonce+tagSize {
		return nil, errDamaged()
	}
	plain, err := x.under(sealed).Open(nil, sealed[12:extendedNonce], sealed[extendedNonce:], bound)
	if err != nil {
		return nil, errDamaged()
	}
	return plain, nil
}

// under is the message's own key: a counter-mode KDF (NIST SP 800-108) over the nonce's first half.
func (x *extended) under(nonce []byte) cipher.AEAD {
	var key [2 * aes.BlockSize]byte
	for i := range 2 {
		half := key[i*aes.BlockSize:][:aes.BlockSize]
		half[1], half[2] = byte(i+1), 'X'
		copy(half[4:], nonce[:12])
		subtle.XORBytes(half, half, x.k1[:])
		x.block.Encrypt(half, half)
	}
	return mustGCM(key[:])
}

func mustBlock(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for keys of a wrong length
	}
	return block
}

func mustGCM(key []byte) cipher.AEAD {
	gcm, err := cipher.NewGCM(mustBlock(key))
	if err != nil {
		panic(err) // only for blocks of a wrong size
	}
	return gcm
}

// mustRead fills b with entropy. A source that fails leaves no safe way on.
func mustRead(rand io.Reader, b []byte) {
	if _, err := io.ReadFull(rand, b); err != nil {
		panic("keys: no entropy: " + err.Error())
	}
}

// errDamaged says only that the seal did not hold: a wrong key, a wrong binding and a
// flipped bit look the same, and must.
func errDamaged() *fault.Error { return fault.New(fault.Internal, "sealed_damaged") }
