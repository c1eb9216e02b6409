package keys

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"math/bits"
	chacha "math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"amend/fault"
)

// seeded is the same entropy in every run.
func seeded(n byte) *chacha.ChaCha8 { return chacha.NewChaCha8([32]byte{n}) }

func master(t testing.TB) *Master {
	t.Helper()
	m, err := New(seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func dataKey(t testing.TB, m *Master, record string) (DataKey, []byte) {
	t.Helper()
	k, wrapped, err := m.NewDataKey(seeded(2), record)
	if err != nil {
		t.Fatal(err)
	}
	return k, wrapped
}

func TestWhatIsSealedOpensUnderItsBindingAlone(t *testing.T) {
	k, _ := dataKey(t, master(t), "r1")
	rapid.Check(t, func(r *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(r, "plain")
		bound := rapid.SliceOf(rapid.Byte()).Draw(r, "bound")
		other := rapid.SliceOf(rapid.Byte()).Draw(r, "other")
		sealed := k.Seal(rand.Reader, plain, bound)
		if got, err := k.Open(sealed, bound); err != nil || !bytes.Equal(got, plain) {
			r.Fatalf("got %x, %v", got, err)
		}
		if len(sealed) != len(plain)+28 {
			r.Fatalf("grew by %d bytes", len(sealed)-len(plain))
		}
		if _, err := k.Open(sealed, other); err == nil && !bytes.Equal(bound, other) {
			r.Fatal("opened under another binding")
		}
	})
}

func TestNoTwoSealsOfOneValueAreAlike(t *testing.T) {
	m := master(t)
	k, _ := dataKey(t, m, "r1")
	if bytes.Equal(k.Seal(rand.Reader, []byte("x"), nil), k.Seal(rand.Reader, []byte("x"), nil)) {
		t.Error("equal values of a record can be told from outside")
	}
	if bytes.Equal(m.SealFor("mail", rand.Reader, []byte("x"), nil), m.SealFor("mail", rand.Reader, []byte("x"), nil)) {
		t.Error("equal secrets can be told from outside")
	}
}

func TestWrappedKeyOpensOnlyForItsOwnRecord(t *testing.T) {
	m := master(t)
	k, wrapped := dataKey(t, m, "r1")
	sealed := k.Seal(rand.Reader, []byte("ada"), []byte("name"))
	again, err := m.Unwrap("r1", wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(sealed, []byte("name")); err != nil || string(got) != "ada" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := m.Unwrap("r2", wrapped); fault.CodeOf(err) != "sealed_damaged" {
		t.Errorf("another record: got %v", err)
	}
	other, _ := New(seeded(9))
	if _, err := other.Unwrap("r1", wrapped); fault.CodeOf(err) != "sealed_damaged" {
		t.Errorf("another master: got %v", err)
	}
}

func TestSealForOnePurposeOpensForNoOther(t *testing.T) {
	m := master(t)
	rapid.Check(t, func(r *rapid.T) {
		purpose, bound := rapid.String().Draw(r, "purpose"), rapid.SliceOf(rapid.Byte()).Draw(r, "bound")
		other, apart := rapid.String().Draw(r, "other"), rapid.SliceOf(rapid.Byte()).Draw(r, "apart")
		sealed := m.SealFor(purpose, rand.Reader, []byte("secret"), bound)
		if got, err := m.OpenFor(purpose, sealed, bound); err != nil || string(got) != "secret" {
			r.Fatalf("got %q, %v", got, err)
		}
		if _, err := m.OpenFor(other, sealed, apart); err == nil && (other != purpose || !bytes.Equal(apart, bound)) {
			r.Fatal("opened for another purpose")
		}
	})
}

func TestPurposeAndBindingCannotBeShiftedIntoEachOther(t *testing.T) {
	m := master(t)
	sealed := m.SealFor("mail", rand.Reader, []byte("x"), []byte("box"))
	if _, err := m.OpenFor("mailb", sealed, []byte("ox")); err == nil {
		t.Error("the border between purpose and binding moved")
	}
}

func TestZeroDataKeyOpensNothing(t *testing.T) {
	if _, err := (DataKey{}).Open(make([]byte, 64), nil); fault.CodeOf(err) != "sealed_damaged" {
		t.Errorf("got %v", err)
	}
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	m := master(t)
	k, wrapped := dataKey(t, m, "r1")
	sealed := k.Seal(rand.Reader, []byte("139"), []byte("b"))
	system := m.SealFor("mail", rand.Reader, []byte("139"), nil)
	flips := func(of []byte, open func([]byte) error) {
		for i := range len(of) * 8 {
			bad := bytes.Clone(of)
			bad[i/8] ^= 1 << (i % 8)
			if open(bad) == nil {
				t.Fatalf("bit %d flipped and it opened", i)
			}
		}
		for n := range of {
			if open(of[:n]) == nil {
				t.Fatalf("cut to %d bytes and it opened", n)
			}
		}
	}
	flips(sealed, func(b []byte) error { _, err := k.Open(b, []byte("b")); return err })
	flips(system, func(b []byte) error { _, err := m.OpenFor("mail", b, nil); return err })
	flips(wrapped, func(b []byte) error { _, err := m.Unwrap("r1", b); return err })
}

// Vectors of the specification c2sp.org/XAES-256-GCM.
func TestExtendedSealIsXAES256GCM(t *testing.T) {
	for _, tc := range []struct {
		key   byte
		bound string
		want  string
	}{
		{0x01, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"},
		{0x03, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"},
	} {
		x := newExtended(bytes.Repeat([]byte{tc.key}, 32))
		nonce := "ABCDEFGHIJKLMNOPQRSTUVWX"
		got := x.seal(bytes.NewReader([]byte(nonce)), []byte("XAES-256-GCM"), []byte(tc.bound))
		if hex.EncodeToString(got[24:]) != tc.want || string(got[:24]) != nonce {
			t.Errorf("key %x: got %x, want %s", tc.key, got[24:], tc.want)
		}
	}
}

func TestNothingIsSealedWithoutEntropy(t *testing.T) {
	m := master(t)
	k, _ := dataKey(t, m, "r1")
	dry := iotest.ErrReader(errors.New("dry"))
	for name, use := range map[string]func(){
		"seal":     func() { k.Seal(dry, []byte("x"), nil) },
		"seal for": func() { m.SealFor("mail", dry, []byte("x"), nil) },
		"link":     func() { NewLinkToken(time.Time{}, dry) },
		"bearer":   func() { NewBearer(dry) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s went on without entropy", name)
				}
			}()
			use()
		}()
	}
	if _, err := New(dry); err == nil {
		t.Error("a master key was made of nothing")
	}
	if _, _, err := m.NewDataKey(dry, "r1"); err == nil {
		t.Error("a data key was made of nothing")
	}
}

func FuzzOpen(f *testing.F) {
	m, _ := New(seeded(1))
	k, wrapped, _ := m.NewDataKey(seeded(2), "r1")
	sealed := k.Seal(seeded(3), []byte("13800138000"), []byte("phone"))
	f.Add(sealed, []byte("phone"))
	f.Add(wrapped, []byte("r1"))
	f.Add(m.SealFor("mail", seeded(4), []byte("x"), nil), []byte{})
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, data, bound []byte) {
		genuine := bytes.Equal(data, sealed) && string(bound) == "phone"
		if _, err := k.Open(data, bound); (err == nil) != genuine {
			t.Fatalf("opened: %v, genuine: %v", err == nil, genuine)
		}
		if _, err := m.Unwrap(string(bound), data); (err == nil) != (bytes.Equal(data, wrapped) && string(bound) == "r1") {
			t.Fatal("a forged key unwrapped")
		}
	})
}

func TestSubkeysShareNothing(t *testing.T) {
	secret := master(t).in.secret
	seen := map[string]string{hex.EncodeToString(secret[:]): "the secret"}
	for _, use := range []string{"fingerprint", "wrap", "system", "tokens", "codes", "rows"} {
		key := hex.EncodeToString(subkey(secret, use))
		if other, twice := seen[key]; twice {
			t.Errorf("%s is %s", use, other)
		}
		seen[key] = use
	}
}

func TestOneBitOfTheSecretChangesTheWholeFingerprint(t *testing.T) {
	a := master(t)
	secret := a.in.secret
	secret[31] ^= 1
	x, _ := hex.DecodeString(a.Fingerprint())
	y, _ := hex.DecodeString(derive(secret).Fingerprint())
	differ := 0
	for i := range x {
		differ += bits.OnesCount8(x[i] ^ y[i])
	}
	if len(x) != 8 || differ < 16 {
		t.Errorf("%d of %d bits differ", differ, len(x)*8)
	}
}
