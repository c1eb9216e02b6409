package page

import (
	"context"
	_ "embed"
	"encoding/xml"
	"io"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

//go:embed icons.svg
var sheet string

// icons are the drawings of the sheet by name. They stand in the page itself: Firefox
// before 132 refuses a drawing of another file under "default-src 'none'", and a drawing is
// no longer than the reference to it.
var icons = sync.OnceValue(func() map[string]string {
	var drawn struct {
		Symbols []struct {
			ID     string `xml:"id,attr"`
			Shapes string `xml:",innerxml"`
		} `xml:"symbol"`
	}
	all := map[string]string{}
	if err := xml.Unmarshal([]byte(sheet), &drawn); err != nil {
		return all // a test reads every name
	}
	for _, s := range drawn.Symbols {
		all[strings.TrimPrefix(s.ID, "i-")] = s.Shapes
	}
	return all
})

// Icon draws an icon of 16 px. It is never alone: a word stands beside it, or the control
// around it has a label.
func Icon(name string) templ.Component { return drawing(name, `class="i"`) }

// IconLarge draws an icon of 20 px.
func IconLarge(name string) templ.Component { return drawing(name, `class="i i-lg"`) }

// IconToned draws an icon in the colour of a tone.
func IconToned(name string, tone Tone) templ.Component {
	return drawing(name, `class="i" data-tone="`+templ.EscapeString(string(tone))+`"`)
}

// drawing writes shapes of our own sheet, which is why they are not escaped.
func drawing(name, attributes string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<svg "+attributes+` viewBox="0 0 24 24" aria-hidden="true">`+icons()[name]+"</svg>")
		return err
	})
}
