package verify

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"amend/fault"
)

// The cost of one password: argon2id with 19 MiB and two passes, as the OWASP Password
// Storage Cheat Sheet asks at least. Whoever calls Keep or Holds bounds how many run at once.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonKey     = 32 // bytes
)

// The lengths of a password, in characters. It is always the second of two factors, for which
// NIST SP 800-63B-4 (3.1.1.2) asks at least 8; the upper bound only bounds the work.
const (
	passwordMin = 10
	passwordMax = 128
)

// CheckPassword refuses a password that is too short, or that whoever knows its owner and
// the company would try first. It asks for no special characters: they make passwords worse.
func CheckPassword(password string, known ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < passwordMin:
		return fault.New(fault.Invalid, "password_short", "field", "password", "min", passwordMin)
	case n > passwordMax:
		return fault.New(fault.Invalid, "too_long", "field", "password", "max", passwordMax)
	case easy(password, known):
		return fault.New(fault.Invalid, "password_easy", "field", "password")
	}
	return nil
}

// easy reports whether little is left of a password once what everybody tries is taken out.
func easy(password string, known []string) bool {
	rest := strings.ToLower(password)
	for _, word := range append([]string{"password", "amend", "qwerty", "admin", "welcome", "123456"}, known...) {
		if utf8.RuneCountInString(word) > 1 {
			rest = strings.ReplaceAll(rest, strings.ToLower(word), "")
		}
	}
	kinds, steps := map[rune]bool{}, 0
	var before rune
	for _, r := range rest {
		kinds[r] = true
		if r == before+1 || r == before-1 || r == before {
			steps++ // abcdef, 98765, aaaaaa
		}
		before = unicode.ToLower(r)
	}
	return len(kinds) < 5 || utf8.RuneCountInString(rest)-steps < 6
}

// KeepPassword answers what is stored of a password: an argon2id string in the PHC format
// ($argon2id$v=19$m=…,t=…,p=…$salt$hash), which says itself how it was made.
func KeepPassword(password string, rand io.Reader) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return "", fmt.Errorf("salt a password: %w", err)
	}
	hash := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash)), nil
}

// PasswordHolds reports whether password is the one that kept was made from. Nothing kept
// costs as much as something that does not hold, so that time tells nobody who has none.
func PasswordHolds(password, kept string) bool {
	var version, memory, passes, threads int
	parts := strings.Split(kept, "$")
	sound := len(parts) == 6 && parts[1] == "argon2id"
	if sound {
		_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
		_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads)
		sound = err1 == nil && err2 == nil && version == argon2.Version && memory > 0 && memory <= 1<<20 && passes > 0 && passes <= 16 && threads > 0 && threads <= 16
	}
	if !sound {
		argon2.IDKey([]byte(password), make([]byte, argonSalt), argonTime, argonMemory, argonThreads, argonKey)
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) == 0 {
		return false
	}
	have := argon2.IDKey([]byte(password), salt, uint32(passes), uint32(memory), uint8(threads), uint32(len(want)))
	return subtle.ConstantTimeCompare(have, want) == 1
}
