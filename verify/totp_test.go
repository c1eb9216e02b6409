package verify

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The test values of RFC 6238, appendix B, for HMAC-SHA-1: the last six of its eight digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := TOTPCode(secret, time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

func TestCodeIsGoodOnceAndForAMinuteAndAHalf(t *testing.T) {
	secret := []byte("12345678901234567890")
	code := TOTPCode(secret, noon)
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {30 * time.Second, true}, {-30 * time.Second, true}, {60 * time.Second, false}, {-60 * time.Second, false}} {
		if _, ok := TOTPHolds(secret, code, 0, noon.Add(c.after)); ok != c.want {
			t.Errorf("%v later: %v", c.after, ok)
		}
	}
	step, _ := TOTPHolds(secret, code, 0, noon)
	if _, again := TOTPHolds(secret, code, step, noon); again {
		t.Error("a code holds twice")
	}
	if _, ok := TOTPHolds(secret, "", 0, noon); ok {
		t.Error("no code holds")
	}
}

func TestAuthenticatorAppReadsTheAddress(t *testing.T) {
	got := TOTPAddress([]byte("12345678901234567890"), "澜石 & Co", "周岚")
	if !strings.HasPrefix(got, "otpauth://totp/") || !strings.Contains(got, "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") || strings.Contains(got, "& Co") {
		t.Error(got)
	}
}

func TestPasswordHoldsAgainstWhatIsKeptOfItAlone(t *testing.T) {
	kept, err := KeepPassword("correct horse battery", strings.NewReader("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(kept, "horse") {
		t.Error(kept)
	}
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterY": false, "": false} {
		if PasswordHolds(password, kept) != want {
			t.Errorf("%q: %v", password, !want)
		}
	}
	for _, damaged := range []string{"", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$!$!", "$argon2id$v=19$m=99999999,t=2,p=1$MDEy$MDEy", "$argon2i$v=19$m=8,t=1,p=1$MDEy$MDEy"} {
		if PasswordHolds("", damaged) {
			t.Errorf("%q holds", damaged)
		}
	}
}

func TestPasswordThatEverybodyTriesIsRefused(t *testing.T) {
	for password, want := range map[string]string{
		"short":                   "password_short",
		"aaaaaaaaaaaaaa":          "password_easy",
		"abcdefghijkl":            "password_easy",
		"1234567890":              "password_easy",
		"Password123456":          "password_easy",
		"zhou lan zhou lan":       "password_easy",
		strings.Repeat("x1-", 50): "too_long",
		"correct horse battery":   "",
		"秋水共长天一色落霞":               "password_short",
		"秋水共长天一色落霞与孤鹜齐飞":            "",
		"tr0ub4dor&3 and something": "",
		"kv9-TxT2-qq81-uuP3":        "",
		"一二三四五六七八九十一二三四五六七八九十":      "",
	} {
		refused(t, password, CheckPassword(password, "zhou", "lan"), want)
	}
}

func TestNoTextOfAKeptPasswordCrashes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kept := "$argon2id$v=19$" + rapid.StringMatching(`(m=[0-9]{1,3},t=[0-3],p=[0-2])?`).Draw(t, "cost") + "$" + rapid.String().Draw(t, "salt") + "$" + rapid.String().Draw(t, "hash")
		if PasswordHolds("a password", kept) {
			t.Fatal(kept)
		}
	})
}
