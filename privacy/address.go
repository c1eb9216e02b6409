package privacy

import (
	"bytes"
	"encoding/json"
)

// coverAddress keeps the region of a structured address and hides where in it somebody
// lives, and who receives their letters. The answer is an address of the same form, compact
// JSON, so that a screen shows a masked address as it shows an open one.
func coverAddress(s string) string {
	var a struct {
		Country string `json:"country,omitempty"`
		Region  string `json:"region,omitempty"`
		Line    string `json:"line"`
	}
	if err := json.Unmarshal([]byte(s), &a); err != nil {
		return veil
	}
	a.Region = area(a.Region)
	a.Line = veil

	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a); err != nil {
		return veil
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// area cuts a Chinese division code (GB/T 2260) down to province, city and area: the nine
// digits of a street tell in which few blocks somebody lives.
func area(region string) string {
	if len(region) > 6 && allDigits(region) {
		return region[:6]
	}
	return region
}
