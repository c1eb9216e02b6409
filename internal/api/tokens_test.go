package api_test

import (
	"strings"
	"testing"

	"amend/access"
)

func TestRevokedTokenIsRefusedAtItsNextRequest(t *testing.T) {
	eachWorld(t, func(w *world) {
		lost := w.person("shop", access.Portal)
		w.call(lost, "GET", "/me", "").is(200)
		list := w.get(access.Operator, "/tokens").is(200)
		if strings.Contains(string(list.Raw), lost) {
			w.t.Error("the list shows a token")
		}
		id := ""
		for i := range list.length("items") {
			if list.text("items", i, "holder") == "shop" {
				id = list.text("items", i, "id")
			}
		}
		w.post(access.Integrator, "/tokens/"+id+"/revoke", "").fails(403, "not_allowed")
		w.get(access.Integrator, "/tokens").fails(403, "not_allowed")
		w.call(lost, "GET", "/me", "").is(200)
		w.post(access.Operator, "/tokens/"+id+"/revoke", "").is(200)
		w.call(lost, "GET", "/me", "").fails(401, "token_unknown")
		w.post(access.Operator, "/tokens/"+id+"/revoke", "").fails(409, "token_revoked")
		w.post(access.Operator, "/tokens/"+nowhere+"/revoke", "").fails(404, "no_token")
		if a := w.get(access.Operator, "/tokens").is(200); !strings.Contains(string(a.Raw), `"revoked_at"`) {
			w.t.Errorf("tokens: %s", a.Raw)
		}
	})
}
