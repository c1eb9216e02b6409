package keys

import (
	"crypto/rand"
	"testing"
)

func BenchmarkSeal(b *testing.B) {
	k, _ := dataKey(b, master(b), "r1")
	plain, bound := []byte("+8613800138000"), []byte("01J8ZQ5T7K9X2M4N6P8R phone 7")
	for b.Loop() {
		k.Seal(rand.Reader, plain, bound)
	}
}

func BenchmarkSealFor(b *testing.B) {
	m := master(b)
	plain := make([]byte, 512)
	for b.Loop() {
		m.SealFor("answer", rand.Reader, plain, nil)
	}
}

func BenchmarkUnwrap(b *testing.B) {
	m := master(b)
	_, wrapped := dataKey(b, m, "r1")
	for b.Loop() {
		if _, err := m.Unwrap("r1", wrapped); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToken(b *testing.B) {
	m := master(b)
	for b.Loop() {
		m.Token("exact:phone", "8613800138000")
	}
}

func BenchmarkTokensOfPhone(b *testing.B) {
	m := master(b)
	for b.Loop() {
		m.Tokens(phoneField, "+8613800138000")
	}
}

func BenchmarkTokensOfName(b *testing.B) {
	m := master(b)
	for b.Loop() {
		m.Tokens(nameField, "欧阳娜娜")
	}
}

func BenchmarkQuery(b *testing.B) {
	m := master(b)
	for b.Loop() {
		m.Query("13800138000")
	}
}
