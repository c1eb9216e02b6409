package page_test

import (
	"maps"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colours reads the custom properties of the first block behind a line of the stylesheet.
func colours(t *testing.T, css, behind string) map[string]string {
	t.Helper()
	_, rest, ok := strings.Cut(css, behind)
	block, _, closed := strings.Cut(rest, "}")
	if !ok || !closed {
		t.Fatalf("no block behind %q", behind)
	}
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+|color-scheme): ([^;]+);`).FindAllStringSubmatch(block, -1) {
		found[m[1]] = m[2]
	}
	return found
}

func stylesheet(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("static/amend.css")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func light(t *testing.T) map[string]string { return colours(t, stylesheet(t), "\n  :root {") }
func dark(t *testing.T) map[string]string {
	return colours(t, stylesheet(t), "\n  :root[data-theme=\"dark\"] {")
}

func TestDarkByDeviceAndDarkByChoiceAreTheSame(t *testing.T) {
	byDevice := colours(t, stylesheet(t), ":root:not([data-theme=\"light\"]) {")
	byChoice := dark(t)
	if len(byChoice) < 30 || !maps.Equal(byDevice, byChoice) {
		t.Errorf("the two dark blocks differ:\n%v\n%v", byDevice, byChoice)
	}
}

// luminance is WCAG 2.2's relative luminance of "#RRGGBB".
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is no colour", hex)
	}
	channel := func(shift uint) float64 {
		c := float64(n>>shift&0xFF) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func TestEveryPairOfColoursIsLegible(t *testing.T) {
	const text, shape = 4.5, 3.0 // WCAG 2.2, 1.4.3 and 1.4.11
	pairs := []struct {
		front, back string
		least       float64
	}{
		{"--ink", "--canvas", text}, {"--ink", "--surface", text}, {"--ink", "--sunken", text}, {"--ink", "--brand-tint", text}, {"--ink", "--warn-tint", text},
		{"--ink", "--risk-tint", text}, {"--ink", "--info-tint", text}, {"--ink", "--ok-tint", text}, {"--surface", "--ink", text},
		{"--ink2", "--canvas", text}, {"--ink2", "--surface", text}, {"--ink2", "--sunken", text}, {"--ink2", "--brand-tint", text}, {"--ink2", "--warn-tint", text},
		{"--ink3", "--canvas", text}, {"--ink3", "--surface", text}, {"--ink3", "--sunken", text},
		{"--brand", "--surface", text}, {"--brand", "--canvas", text}, {"--brand", "--brand-tint", text}, {"--on-brand", "--brand", text}, {"--on-brand", "--brand-hover", text},
		{"--ok", "--surface", text}, {"--ok", "--ok-tint", text}, {"--warn", "--surface", text}, {"--warn", "--warn-tint", text}, {"--warn", "--canvas", text},
		{"--risk", "--surface", text}, {"--risk", "--risk-tint", text}, {"--risk", "--canvas", text}, {"--surface", "--risk", text},
		{"--info", "--surface", text}, {"--info", "--info-tint", text}, {"--old", "--old-tint", text}, {"--old", "--old-mark", text},
		{"--new", "--new-tint", text}, {"--new", "--new-mark", text},
		{"--edge", "--surface", shape}, {"--edge", "--canvas", shape}, {"--seal", "--surface", shape}, {"--seal", "--canvas", shape}, {"--brand", "--sunken", shape},
		{"--s1", "--surface", shape}, {"--s2", "--surface", shape}, {"--s3", "--surface", shape}, {"--s4", "--surface", shape}, {"--s5", "--surface", shape}, {"--s6", "--surface", shape},
	}
	for theme, c := range map[string]map[string]string{"light": light(t), "dark": dark(t)} {
		for _, p := range pairs {
			a, b := luminance(t, c[p.front]), luminance(t, c[p.back])
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < p.least {
				t.Errorf("%s: %s on %s is %.2f:1, needs %.1f:1", theme, p.front, p.back, ratio, p.least)
			}
		}
	}
}

func TestBracesOfTheStylesheetMatch(t *testing.T) {
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(stylesheet(t), "")
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("a brace is missing")
	}
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(css, -1) {
		if !strings.Contains(css, m[1]+":") {
			t.Errorf("%s is used and never set", m[1])
		}
	}
}
