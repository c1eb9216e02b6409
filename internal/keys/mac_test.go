package keys

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCodeCountsForItsOwnChallengeOnly(t *testing.T) {
	m := master(t)
	mac := m.CodeMAC("c1", "123456")
	if !m.CodeHolds("c1", "123456", mac) {
		t.Error("the right code was refused")
	}
	other, _ := New(seeded(8))
	for name, held := range map[string]bool{
		"another challenge": m.CodeHolds("c2", "123456", mac),
		"another code":      m.CodeHolds("c1", "123457", mac),
		"shifted border":    m.CodeHolds("c11", "23456", mac),
		"another key":       other.CodeHolds("c1", "123456", mac),
		"cut":               m.CodeHolds("c1", "123456", mac[:31]),
		"nothing":           m.CodeHolds("c1", "123456", nil),
	} {
		if held {
			t.Errorf("%s was accepted", name)
		}
	}
	if len(mac) != 32 || bytes.Contains(mac, []byte("123456")) {
		t.Error("not a MAC")
	}
}

// Threat T17: a database administrator edits, swaps or rolls back rows.
func TestRowThatSomebodyEditedSwappedOrRolledBackIsFound(t *testing.T) {
	m := master(t)
	rapid.Check(t, func(r *rapid.T) {
		record := rapid.StringN(1, 20, 40).Draw(r, "record")
		version := rapid.Int64().Draw(r, "version")
		body := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(r, "body")
		mac := m.RecordMAC(record, version, body)
		if !m.RecordHolds(record, version, body, mac) {
			r.Fatal("an honest row was flagged")
		}
		i := rapid.IntRange(0, len(body)-1).Draw(r, "i")
		edited := bytes.Clone(body)
		edited[i] ^= 0x20
		if m.RecordHolds(record, version, edited, mac) || m.RecordHolds(record+"x", version, body, mac) || m.RecordHolds(record, version-1, body, mac) {
			r.Fatal("a forged row passed")
		}
	})
}

func TestMasterServesManyAtOnce(t *testing.T) {
	m := master(t)
	want := m.Token("exact", "a")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 500 {
				if m.Token("exact", "a") != want {
					t.Error("two at once mixed their sums")
					return
				}
			}
		})
	}
	group.Wait()
}

func TestLinkTokenHas256BitsThatFitAnAddress(t *testing.T) {
	token := NewLinkToken(time.Unix(0, 0), seeded(1))
	if raw, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(raw) != 32 || len(token) != 43 {
		t.Errorf("got %q, %v", token, err)
	}
	if token == NewLinkToken(time.Unix(0, 0), seeded(2)) {
		t.Error("two tokens are one")
	}
	if bytes.Equal(LinkHash(token), LinkHash(token[1:])) || len(LinkHash(token)) != 38 {
		t.Error("not a hash of the whole token")
	}
}

func TestBearerTokenIsFoundByScannersAndToldFromASlip(t *testing.T) {
	token := NewBearer(seeded(1))
	if !regexp.MustCompile(`^amd_[0-9a-v]{58}$`).MatchString(token) {
		t.Errorf("got %q", token)
	}
	hash, ok := BearerHash(token)
	if !ok || len(hash) != 32 || bytes.Equal(hash, LinkHash(token)) {
		t.Errorf("got %x, %v: a bearer token is no link token", hash, ok)
	}
	for name, bad := range map[string]string{
		"empty":          "",
		"no prefix":      token[4:],
		"cut":            token[:len(token)-1],
		"longer":         token + "0",
		"upper case":     strings.ToUpper(token),
		"a line more":    token + "\n",
		"another prefix": "ghp_" + token[4:],
	} {
		if _, ok := BearerHash(bad); ok {
			t.Errorf("%s passed", name)
		}
	}
}

func TestEverySlipOfABearerTokenIsTold(t *testing.T) {
	token := NewBearer(seeded(1))
	for i := 4; i < len(token); i++ {
		bad := []byte(token)
		if bad[i]++; bad[i] > 'v' || bad[i] == ':' {
			bad[i] = '0'
		}
		if _, ok := BearerHash(string(bad)); ok {
			t.Errorf("a slip at %d passed", i)
		}
	}
}

func FuzzBearerHash(f *testing.F) {
	f.Add(NewBearer(seeded(1)))
	f.Add("amd_")
	f.Add("amd_" + strings.Repeat("0", 58))
	f.Fuzz(func(t *testing.T, token string) {
		if _, ok := BearerHash(token); ok && !regexp.MustCompile(`^amd_[0-9a-v]{58}$`).MatchString(token) {
			t.Fatalf("%q passed", token)
		}
	})
}
