package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// systemTest sends the system the record of nobody; the page says what it made of it.
func systemTest(v *visit) error {
	id := downstream.SystemID(v.r.PathValue("system"))
	if _, err := v.Desk.Canary(v.ctx, v.by(), id); err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.system(form, page.Status(err))
	}
	return v.goTo(systemPath(id, ""), "system_tested")
}

// triedLook is how the outcome of a test is drawn.
func triedLook(t store.Tried) (tone page.Tone, icon string) {
	switch downstream.Outcome(t.Outcome) {
	case downstream.OK, downstream.Same:
		return page.OK, "check"
	case "":
		return page.Quiet, "clock"
	}
	return page.Risk, "alert"
}

// triedText says what the system made of a test.
func triedText(p *page.Page, t store.Tried) string {
	switch downstream.Outcome(t.Outcome) {
	case downstream.OK, downstream.Same:
		return p.T("console.test.taken", "n", strconv.FormatInt(t.Millis, 10))
	case "":
		return p.T("console.test.open")
	case downstream.Retry:
		return p.T("console.test.unreached")
	}
	return p.Word("outcome", t.Outcome)
}

// A sample is what a system would be sent of a record of one kind, with invented values.
type sample struct {
	Kind string
	Text string
}

// payloads are the samples of every kind of record that the system follows. A connector that
// cannot show them answers why.
func (v *visit) payloads(l systemLine) (all []sample, why string) {
	for _, kind := range l.Kinds {
		_, text, err := v.Desk.Sample(v.ctx, v.by(), l.ID, kind)
		if fault.CodeOf(err) == "no_test" {
			return nil, v.page.T("console.test.cannot")
		}
		var pretty bytes.Buffer
		if err != nil || json.Indent(&pretty, text, "", "  ") != nil {
			return nil, v.page.T("console.sample.broken")
		}
		all = append(all, sample{v.page.Word("record", string(kind)), pretty.String()})
	}
	return all, ""
}

// reachCommand is what the engineers of a webhook run to see that it can be reached and
// checks signatures: a test event of nobody under a signature that nobody made. It holds no
// secret, so it may be handed on.
func reachCommand(s store.SystemView, address string) string {
	if s.Connector != "webhook" || address == "" {
		return ""
	}
	event, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": "reach", "source": "/amend", "type": "amend." + string(downstream.Test),
		"datacontenttype": "application/json", "data": map[string]any{"system": s.ID, "record": downstream.CanaryID},
	})
	if err != nil {
		return ""
	}
	return strings.Join([]string{
		"curl -i -X POST " + quotedForShell(address),
		"-H 'content-type: application/cloudevents+json'",
		"-H 'webhook-id: reach'",
		`-H "webhook-timestamp: $(date +%s)"`,
		"-H 'webhook-signature: v1,bm9ib2R5IG1hZGUgdGhpcyBzaWduYXR1cmU='",
		"--data " + quotedForShell(string(event)),
	}, " \\\n  ")
}

// quotedForShell is text as one word of a shell.
func quotedForShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// systemReplay sends one record again, as it is now.
func systemReplay(v *visit) error {
	id := downstream.SystemID(v.r.PathValue("system"))
	err := v.Desk.Replay(v.ctx, v.by(), id, customer.ID(v.form.Get("replay")))
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Conflict {
		form, status := v.form, page.Status(err)
		var f *fault.Error
		if errors.As(err, &f) {
			_, text := v.page.Lang.Fault(f)
			form.Wrong = append(form.Wrong, page.Wrong{Name: "replay", Text: text})
		}
		return v.system(form, status)
	}
	if err != nil {
		return err
	}
	return v.goTo(systemPath(id, ""), "record_replayed")
}
