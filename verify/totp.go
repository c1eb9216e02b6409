package verify

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// The parameters of a time-based one-time password (RFC 6238) that every authenticator app
// understands: HMAC-SHA-1, thirty seconds, six digits.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSkew   = 1 // steps that the reader's clock may be off, on either side (RFC 6238, 5.2)
)

// TOTPSize is the length of a secret, in bytes: that of the hash (RFC 4226, 4, R6).
const TOTPSize = sha1.Size

// TOTPText is a secret as people copy it by hand: base32.
func TOTPText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// TOTPAddress is what an authenticator app reads from the QR code (the Key URI Format).
func TOTPAddress(secret []byte, issuer, person string) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + person}
	u.RawQuery = url.Values{"secret": {TOTPText(secret)}, "issuer": {issuer}}.Encode()
	return u.String()
}

// TOTPHolds answers the step that code belongs to, and whether it holds at now. A step is
// good once: one that is not later than the last one used is refused, so that a code read
// over a shoulder is worth nothing (RFC 6238, 5.2).
func TOTPHolds(secret []byte, code string, last int64, now time.Time) (step int64, ok bool) {
	current := now.Unix() / int64(totpStep/time.Second)
	for _, at := range []int64{current, current - totpSkew, current + totpSkew} {
		if subtle.ConstantTimeCompare([]byte(totp(secret, at)), []byte(code)) == 1 {
			return at, at > last
		}
	}
	return 0, false
}

// TOTPCode is the code of a moment, as an authenticator app shows it.
func TOTPCode(secret []byte, now time.Time) string {
	return totp(secret, now.Unix()/int64(totpStep/time.Second))
}

// totp is the HOTP value of a counter (RFC 4226, 5.3).
func totp(secret []byte, counter int64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(counter)))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, n%1_000_000)
}
