package sms_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"amend/connector/sms"
	"amend/fault"
	"amend/notify"
)

var secret = []byte("fedcba9876543210fedcba9876543210")

// callback is what a gateway would send at t.
func callback(body string, at time.Time) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("m1." + stamp + "." + body))
	h := http.Header{}
	h.Set("webhook-id", "m1")
	h.Set("webhook-timestamp", stamp)
	h.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return h
}

func parse(body string) ([]notify.Receipt, error) {
	return sms.ParseReceipt([]byte(body), callback(body, clock), secret, clock)
}

func TestReceiptsSayWhatBecameOfAMessage(t *testing.T) {
	got, err := parse(`[{"ref":"g-1","state":"DELIVRD","at":"2026-11-21T22:05:00+08:00"},
		{"id":"n2","state":"undelivered","code":"opted_out","at":"2026-11-21T14:05:00Z"},
		{"ref":"g-3","state":"EXPIRED","code":"13800008000","at":"2026-11-21T14:05:00Z"},
		{"ref":"g-4","state":"enroute","code":"bad_number","at":"2026-11-21T14:05:00Z"}]`)
	want := []notify.Receipt{
		{Ref: "g-1", State: notify.Delivered, At: clock},
		{ID: "n2", State: notify.Undelivered, Why: notify.OptedOut, Code: "opted_out", At: clock},
		{Ref: "g-3", State: notify.Undelivered, At: clock},
		{Ref: "g-4", State: notify.Pending, Code: "bad_number", At: clock},
	}
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %+v, %v", got, err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
}

func TestOneReceiptMayComeWithoutAList(t *testing.T) {
	got, err := parse(` {"ref":"g-1","state":"failed","at":"2026-11-21T14:05:00Z"}`)
	if err != nil || len(got) != 1 || got[0].State != notify.Undelivered {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestForgedAlteredOrOldReceiptIsNotRead(t *testing.T) {
	body := `{"ref":"g-1","state":"delivered","at":"2026-11-21T14:05:00Z"}`
	for name, try := range map[string]func() error{
		"other body": func() error {
			_, err := sms.ParseReceipt([]byte(body+" "), callback(body, clock), secret, clock)
			return err
		},
		"other key": func() error {
			_, err := sms.ParseReceipt([]byte(body), callback(body, clock), []byte("x"), clock)
			return err
		},
		"no key":     func() error { _, err := sms.ParseReceipt([]byte(body), callback(body, clock), nil, clock); return err },
		"no headers": func() error { _, err := sms.ParseReceipt([]byte(body), http.Header{}, secret, clock); return err },
		"too old": func() error {
			_, err := sms.ParseReceipt([]byte(body), callback(body, clock), secret, clock.Add(5*time.Minute+time.Second))
			return err
		},
		"too new": func() error {
			_, err := sms.ParseReceipt([]byte(body), callback(body, clock), secret, clock.Add(-5*time.Minute-time.Second))
			return err
		},
		"far away": func() error {
			h := callback(body, clock)
			h.Set("webhook-timestamp", "-9223372036854775808")
			_, err := sms.ParseReceipt([]byte(body), h, secret, clock)
			return err
		},
	} {
		if err := try(); fault.CodeOf(err) != "receipt_unsigned" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := sms.ParseReceipt([]byte(body), callback(body, clock), secret, clock.Add(5*time.Minute)); err != nil {
		t.Errorf("five minutes are allowed: %v", err)
	}
}

func TestSecondSignatureServesWhileAKeyIsRotated(t *testing.T) {
	body := `{"ref":"g-1","state":"delivered","at":"2026-11-21T14:05:00Z"}`
	h := callback(body, clock)
	h.Set("webhook-signature", "v1,AAAA "+h.Get("webhook-signature"))
	if _, err := sms.ParseReceipt([]byte(body), h, secret, clock); err != nil {
		t.Fatal(err)
	}
}

func TestReceiptThatNamesNoMessageOrStateIsRefused(t *testing.T) {
	for body, code := range map[string]string{
		`{"state":"delivered","at":"2026-11-21T14:05:00Z"}`:                                          "receipt_bad_row",
		`{"ref":"g","state":"happy","at":"2026-11-21T14:05:00Z"}`:                                    "receipt_bad_row",
		`{"ref":"g","state":"delivered"}`:                                                            "receipt_bad_row",
		`{"ref":"` + strings.Repeat("g", 300) + `","state":"delivered","at":"2026-11-21T14:05:00Z"}`: "receipt_bad_row",
		`{"ref":`:  "receipt_bad",
		`[{]`:      "receipt_bad",
		``:         "receipt_bad",
		`"string"`: "receipt_bad",
		`[` + strings.Repeat(`{"ref":"g"},`, 1000) + `{"ref":"g"}]`: "receipt_bad",
	} {
		if _, err := parse(body); fault.CodeOf(err) != code {
			t.Errorf("%.40s: got %v, want %s", body, err, code)
		}
	}
}

func FuzzReceiptNamesAMessageAndAState(f *testing.F) {
	f.Add(`{"ref":"g-1","state":"delivered","at":"2026-11-21T14:05:00Z"}`)
	f.Add(`[{"id":"n1","state":"EXPIRED","code":"x","at":"2026-11-21T14:05:00+08:00"}]`)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := parse(body)
		if err != nil {
			return
		}
		for _, r := range got {
			if r.Ref+r.ID == "" || r.State == "" || r.At.Location() != time.UTC {
				t.Fatalf("%+v", r)
			}
		}
	})
}
