package keys

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretsPrintAsRedactedHoweverTheyArePrinted(t *testing.T) {
	m := master(t)
	k, _ := dataKey(t, m, "r1")
	way := m.Query("13800138000")[0]
	for name, secret := range map[string]any{"master": m, "copied master": *m, "data key": k, "data key by pointer": &k, "way": way, "ways": []Way{way}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
			args := []any{secret}
			if verb == "%T %v" {
				args = append(args, secret)
			}
			if got := fmt.Sprintf(verb, args...); !strings.Contains(got, "redacted") {
				t.Errorf("%s with %s: %s", name, verb, got)
			}
		}
		if got, err := json.Marshal(map[string]any{"k": secret}); err != nil || !strings.Contains(string(got), `"redacted"`) {
			t.Errorf("%s as JSON: %s %v", name, got, err)
		}
	}
	if m.String() != "redacted" || k.GoString() != "redacted" {
		t.Error("String and GoString must say so too")
	}
	if got, err := xml.Marshal(k); err != nil || !strings.Contains(string(got), "redacted") {
		t.Errorf("as XML: %s %v", got, err)
	}
}

func TestLogsCarryNoSecret(t *testing.T) {
	m := master(t)
	k, _ := dataKey(t, m, "r1")
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("x", "master", m, "copy", *m, "key", k, "way", m.Query("张三")[0])
		if strings.Count(b.String(), "redacted") != 4 || strings.Contains(b.String(), "张") {
			t.Errorf("%s: %s", name, b.String())
		}
	}
}

func TestStructureThatHoldsSecretShowsNoByteOfIt(t *testing.T) {
	m := master(t)
	k, _ := dataKey(t, m, "r1")
	holder := struct {
		m *Master
		c Master
		k DataKey
		w Way
	}{m, *m, k, m.Query("13800138000")[0]}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		got := fmt.Sprintf(verb, holder)
		if strings.Contains(got, hex.EncodeToString(m.in.secret[:4])) || strings.Contains(got, fmt.Sprint(m.in.secret[:4])[1:10]) {
			t.Errorf("%s shows the key: %s", verb, got)
		}
		if strings.Contains(got, "138001") {
			t.Errorf("%s shows what was typed: %s", verb, got)
		}
	}
}
