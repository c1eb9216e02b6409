package console_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTextIsSentToItsReaderToSeeHowItArrives(t *testing.T) {
	w := newWorld(t)
	olga := w.in("olga")
	olga.get("/admin/texts/code").is(http.StatusOK).says("Send it to yourself")
	olga.post("/admin/texts/code", "lang", "en", "medium", "mail").is(http.StatusOK).says("the channel took it")
	if got := w.Mailbox.To("olga@house.example.com"); len(got) != 1 || !strings.HasPrefix(got[0].Subject, "[Test] ") {
		t.Errorf("mailed %+v", got)
	}
	olga.post("/admin/texts/code", "lang", "zh", "medium", "sms", "phone", "139 0013 9000").is(http.StatusOK).says("the channel took it").hides("0013 9000", "13900139000")
	if got := w.Mailbox.To("+8613900139000"); len(got) != 1 || !strings.Contains(got[0].Text, "482915") {
		t.Errorf("sent %+v", got)
	}
	olga.post("/admin/texts/code", "lang", "zh", "medium", "sms", "phone", "139").is(http.StatusUnprocessableEntity).says("Phone for a short message")
	w.in("otto").get("/admin/texts/code").is(http.StatusOK).hides("Send it to yourself")
}
