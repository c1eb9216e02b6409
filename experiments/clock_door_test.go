package experiments

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"amend/access"
	"amend/internal/api"
	"amend/internal/store"
	"amend/org"
)

// lostAnswer is how long after its act an answer that is not there counts as lost.
const lostAnswer = 10 * time.Second

// repeats: an act whose answer was lost just before the jump is answered to whoever asks
// again under the same key, and made once.
func (c *clockCase) repeats() {
	c.t.Helper()
	ctx := c.t.Context()
	_, token, err := c.desk.AddToken(ctx, access.Actor{Name: "app", Roles: []access.Role{access.App}})
	c.must(err)
	door := api.New(api.Config{Desk: c.desk, Reader: store.NewReader(c.store, org.China(time.UTC)), Clock: c.clock.Now})
	ask := func() (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/changes", strings.NewReader(fmt.Sprintf(
			`{"record_id":%q,"channel":"app","reason":"a wish","items":[{"field":"interests","value":["repeated"]}]}`, c.record)))
		for name, value := range map[string]string{"Authorization": "Bearer " + token, "Amend-Customer": string(c.record), "Content-Type": "application/json", "Idempotency-Key": "k"} {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		var said struct{ Submission string }
		c.must(json.Unmarshal(w.Body.Bytes(), &said))
		return w.Code, said.Submission
	}
	status, first := ask()
	c.check(status == http.StatusCreated, "a change was answered with %d", status)
	c.must(c.store.Write(ctx, "", func(tx *store.Tx) error { // a stop between the act and its answer
		tx.Exec(`UPDATE idempotency SET status = 0, answer = NULL`)
		return nil
	}))
	c.clock.jump(c.turn.by)
	c.clock.jump(lostAnswer)
	if c.turn.by < 0 && c.turn.by >= -clockSkew {
		c.clock.jump(-c.turn.by) // another node may be at it, whose clock is ahead
	}
	status, again := ask()
	c.check(status == http.StatusCreated && again == first, "asked again %v later: %d %q, first %q", c.turn.by, status, again, first)
	n := c.number(`SELECT COUNT(*) FROM change_request WHERE submission = $1`, first)
	c.check(n == 1, "it was made %d times", n)
	c.clock.jump(-c.turn.by)
	c.pass(c.wildHouse)
}
