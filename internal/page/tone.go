package page

// A Tone is the colour of a chip, a tag, a banner. It only repeats what the word beside it
// says.
type Tone string

// The tones. Quiet is the colour of what is as it should be.
const (
	Quiet Tone = ""
	OK    Tone = "ok"
	Warn  Tone = "warn"
	Risk  Tone = "risk"
	Info  Tone = "info"
	Brand Tone = "brand"
	Lined Tone = "line" // an outline without a fill
)

// Is says where a step stands.
type Is string

// The places of a step. Odd and Bad are done too, but worth a look.
const (
	Done Is = "done"
	Now  Is = "now"
	Next Is = "next"
	Odd  Is = "warn"
	Bad  Is = "bad"
)

// A Link is a place to go and the words for it.
type Link struct {
	Href string
	Text string
}
