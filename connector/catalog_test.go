package connector

import (
	"encoding/json"
	"io"
	"slices"
	"testing"
	"time"

	"amend/fault"
	"amend/internal/dial"
)

func setup(t *testing.T, settings, secret string) Setup {
	t.Helper()
	guard, err := dial.New(dial.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return Setup{Settings: json.RawMessage(settings), Secret: secret, Guard: guard, Folder: t.TempDir(), Now: time.Now}
}

const (
	hook = `{"url":"https://crm.example.com/hook"}`
	tab  = `{"table":"t","key_column":"k","version_column":"v","columns":{"email":"e"},"gone":"delete"}`
)

func TestEveryNameInTheCatalogueBuildsAConnector(t *testing.T) {
	sound := map[string]Setup{
		"webhook":  setup(t, hook, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
		"sqltable": setup(t, tab, "sqlite:crm.db"),
	}
	for _, name := range Names() {
		c, err := New(name, sound[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		closer, ok := c.(io.Closer)
		if !ok || closer.Close() != nil {
			t.Errorf("%s keeps connections and can't be closed", name)
		}
	}
	if !slices.IsSorted(Names()) || len(Names()) != len(sound) {
		t.Errorf("names %v", Names())
	}
}

func TestRefusedSettingsGiveNoConnector(t *testing.T) {
	for _, name := range Names() {
		if c, err := New(name, setup(t, `{"nonsense":1}`, "")); c != nil || fault.CodeOf(err) != "bad_settings" {
			t.Errorf("%s: got %v, %v", name, c, err)
		}
	}
}

func TestUnknownConnectorIsNamed(t *testing.T) {
	if _, err := New("telepathy", setup(t, hook, "")); fault.CodeOf(err) != "unknown_connector" {
		t.Errorf("got %v", err)
	}
}
