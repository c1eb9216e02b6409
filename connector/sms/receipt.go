package sms

import (
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amend/fault"
	"amend/notify"
)

const (
	// maxSkew bounds the age of a signed callback in both directions, so that an old one
	// cannot be played again later (ASVS V4.1.5).
	maxSkew = 5 * time.Minute
	// maxReceipts and maxReceiptBody bound one callback.
	maxReceipts    = 1000
	maxReceiptBody = 1 << 20
)

// report is one receipt on the wire.
type report struct {
	Ref   string    `json:"ref"`
	ID    string    `json:"id"`
	State string    `json:"state"`
	Code  string    `json:"code"`
	At    time.Time `json:"at"`
}

// ParseReceipt reads a gateway's callback: one JSON object or a list of at most 1000,
// signed like our requests (webhook-id, webhook-timestamp, webhook-signature). Nothing of
// an unsigned, altered or old callback is looked at. A replay inside five minutes is
// harmless: the first final state of a message holds.
func ParseReceipt(body []byte, header http.Header, secret []byte, now time.Time) ([]notify.Receipt, error) {
	if !signed(body, header, secret, now) {
		return nil, fault.New(fault.Unauthenticated, "receipt_unsigned")
	}
	var reports []report
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] != '[' {
		reports = make([]report, 1)
		if json.Unmarshal(body, &reports[0]) != nil {
			return nil, fault.New(fault.Malformed, "receipt_bad")
		}
	} else if json.Unmarshal(body, &reports) != nil || len(reports) > maxReceipts {
		return nil, fault.New(fault.Malformed, "receipt_bad")
	}
	out := make([]notify.Receipt, len(reports))
	for i, r := range reports {
		state, ok := states()[strings.ToLower(r.State)]
		if !ok || (r.Ref == "" && r.ID == "") || len(r.Ref)+len(r.ID) > 200 || r.At.IsZero() {
			return nil, fault.New(fault.Invalid, "receipt_bad_row", "line", i+1)
		}
		out[i] = notify.Receipt{Ref: r.Ref, ID: r.ID, State: state, Code: word(r.Code), At: r.At.UTC()}
		if state == notify.Undelivered {
			out[i].Why = reasons()[out[i].Code]
		}
	}
	return out, nil
}

// signed reports whether body carries a signature of secret that is at most maxSkew old.
// A header may list several, split by spaces, while the gateway changes its key.
func signed(body []byte, header http.Header, secret []byte, now time.Time) bool {
	at, id := header.Get("Webhook-Timestamp"), header.Get("Webhook-Id")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || len(secret) == 0 || len(body) > maxReceiptBody {
		return false
	}
	if age := now.Unix() - seconds; age > int64(maxSkew/time.Second) || age < -int64(maxSkew/time.Second) {
		return false
	}
	want := []byte(signature(secret, id, at, body))
	for _, got := range strings.Fields(header.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(got), want) {
			return true
		}
	}
	return false
}

// states reads plain words and those of SMPP 3.4 (appendix B).
func states() map[string]notify.ReceiptState {
	return map[string]notify.ReceiptState{
		"delivered": notify.Delivered, "delivrd": notify.Delivered,
		"undelivered": notify.Undelivered, "undeliv": notify.Undelivered, "failed": notify.Undelivered,
		"expired": notify.Undelivered, "deleted": notify.Undelivered, "rejectd": notify.Undelivered, "rejected": notify.Undelivered,
		"pending": notify.Pending, "acceptd": notify.Pending, "enroute": notify.Pending, "unknown": notify.Pending,
	}
}

// reasons reads the codes of DefaultMapping; a gateway's own stay for the operator.
func reasons() map[string]notify.Why {
	return map[string]notify.Why{"bad_number": notify.BadAddress, "opted_out": notify.OptedOut, "bad_template": notify.BadContent}
}
