package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"amend/fault"
)

// A Secret is one signing key, 24 to 64 bytes (Standard Webhooks).
type Secret []byte

// maxSecrets bounds how many keys sign at once: an old one, a new one, and one to spare.
const maxSecrets = 3

// ParseSecrets reads "whsec_" + base64 keys split by white space, newest first. While a
// key is rotated both sign, so that the receiver may change over when it likes.
func ParseSecrets(s string) ([]Secret, error) {
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > maxSecrets {
		return nil, fault.New(fault.Invalid, "bad_signing_secret", "max", maxSecrets)
	}
	var secrets []Secret
	for _, w := range words {
		coded, ok := strings.CutPrefix(w, "whsec_")
		key, err := base64.StdEncoding.DecodeString(coded)
		if !ok || err != nil || len(key) < 24 || len(key) > 64 {
			return nil, fault.New(fault.Invalid, "bad_signing_secret", "max", maxSecrets)
		}
		secrets = append(secrets, key)
	}
	return secrets, nil
}

// Sign is the webhook-signature header: one "v1," signature for each secret over
// id, timestamp and the very bytes of the body, joined by full stops. id holds no full stop.
func Sign(secrets []Secret, id string, at time.Time, body []byte) string {
	head := id + "." + strconv.FormatInt(at.Unix(), 10) + "."
	signed := make([]string, len(secrets))
	for i, key := range secrets {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(head))
		mac.Write(body)
		signed[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signed, " ")
}
