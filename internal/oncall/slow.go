package oncall

import "context"

// A state is how far a question got.
type state int

const (
	answered state = iota
	broken         // it panicked
	hanging        // no answer yet, for longer than anybody waits
)

// A slow asks something that may hang, a disk that doesn't answer for one, without hanging
// with it. A question that hangs is not asked again beside itself.
type slow[T any] struct{ open chan result[T] }

type result[T any] struct {
	value T
	state state
}

func (s *slow[T]) ask(ctx context.Context, w *Watch, do func(context.Context) T) (T, state) {
	if s.open == nil {
		out := make(chan result[T], 1)
		s.open = out
		go func() {
			r := result[T]{state: broken}
			defer func() { out <- r }()
			defer w.contain(ctx)
			within, cancel := context.WithTimeout(ctx, lookWait)
			defer cancel()
			r.value = do(within)
			r.state = answered
		}()
	}
	select {
	case r := <-s.open:
		s.open = nil
		return r.value, r.state
	case <-w.Timer(lookWait + lookWait/4): // its own deadline comes first, where it heeds one
		var none T
		return none, hanging
	}
}
