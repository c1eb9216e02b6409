package webhook

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"amend/fault"
)

const (
	oldSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
)

func secrets(t *testing.T, s string) []Secret {
	t.Helper()
	keys, err := ParseSecrets(s)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestReferenceVerifierAcceptsOurSignatures(t *testing.T) {
	body, now := []byte(`{"email":"新@例子.example"}`), time.Now()
	header := http.Header{}
	header.Set("webhook-id", "crm:0123456789abcdefghij:7")
	header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	header.Set("webhook-signature", Sign(secrets(t, newSecret+" "+oldSecret), "crm:0123456789abcdefghij:7", now, body))
	for name, secret := range map[string]string{"new": newSecret, "old": oldSecret} {
		judge, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := judge.Verify(body, header); err != nil {
			t.Errorf("%s secret: %v", name, err)
		}
		if judge.Verify(append(body, ' '), header) == nil {
			t.Errorf("%s secret: one more byte went unnoticed", name)
		}
	}
	stranger, err := standardwebhooks.NewWebhook(base64.StdEncoding.EncodeToString(make([]byte, 24)))
	if err != nil {
		t.Fatal(err)
	}
	if stranger.Verify(body, header) == nil {
		t.Error("a stranger's secret was accepted")
	}
}

func TestSignatureOfTheSpecificationsExample(t *testing.T) {
	got := Sign(secrets(t, oldSecret), "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnusableSecretsAreRefused(t *testing.T) {
	coded := func(n int) string { return "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for name, s := range map[string]string{
		"none": "", "space": "  ", "no prefix": strings.TrimPrefix(oldSecret, "whsec_"), "not base64": "whsec_***",
		"too short": coded(23), "too long": coded(65), "one of two": oldSecret + " x", "four": strings.Repeat(oldSecret+" ", 4),
	} {
		if _, err := ParseSecrets(s); fault.CodeOf(err) != "bad_signing_secret" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, n := range []int{24, 64} {
		if keys := secrets(t, coded(n)); len(keys) != 1 || len(keys[0]) != n {
			t.Errorf("%d bytes: %v", n, keys)
		}
	}
}
