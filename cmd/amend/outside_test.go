package main

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"amend/notify"
)

// A deaf channel takes nothing.
type deaf struct{ notify.Answer }

func (d deaf) Send(context.Context, notify.Outgoing) (notify.Answer, error) { return d.Answer, nil }

func TestMessageNotTakenIsLoggedWithoutItsReaderOrText(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	message := notify.Outgoing{ID: "n1", Channel: notify.Mail, To: "ada@mail.example", Subject: "Frozen", Text: "code 123456"}

	want := notify.Answer{Outcome: notify.Retry, Code: "unreached"}
	got, err := noted{deaf{want}, log}.Send(t.Context(), message)
	if err != nil || got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
	if line := out.String(); !strings.Contains(line, "level=WARN") || !strings.Contains(line, "notice=n1") || !strings.Contains(line, "code=unreached") {
		t.Errorf("logged %q", line)
	}
	for _, secret := range []string{message.To, message.Subject, message.Text} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}

	out.Reset()
	if _, err := (noted{deaf{notify.Answer{Outcome: notify.Taken}}, log}).Send(t.Context(), message); err != nil || out.Len() > 0 {
		t.Errorf("a message that was taken is logged: %q, %v", out.String(), err)
	}
}
