package api

import (
	"context"
	"time"

	"amend/access"
	"amend/internal/store"
)

func (d *door) tokenOperations() []operation {
	return []operation{
		reads(operation{id: "listTokens", path: "/tokens", en: "List bearer tokens by their holders; never the tokens", zh: "按持有者列出令牌，不显示令牌本身"}, d.listTokens),
		posts(operation{id: "revokeToken", path: "/tokens/{id}/revoke", en: "Revoke a bearer token; its next request is refused", zh: "撤销令牌，它的下一次请求会被拒绝"}, d.revokeToken),
	}
}

// A tokenView is one bearer token: whose it is, never the token.
type tokenView struct {
	ID      string        `json:"id"`
	Holder  string        `json:"holder"`
	Sort    access.Sort   `json:"sort"`
	Roles   []access.Role `json:"roles"`
	Made    time.Time     `json:"made_at"`
	Expires time.Time     `json:"ends_at,omitzero"`
	Revoked time.Time     `json:"revoked_at,omitzero"`
}

func tokenOf(t store.TokenLine) tokenView {
	v := tokenView{ID: t.ID, Holder: t.Holder.Name, Sort: t.Holder.Sort, Roles: t.Holder.Roles, Made: t.Made, Expires: t.Expires, Revoked: t.Revoked}
	if v.Roles == nil {
		v.Roles = []access.Role{}
	}
	return v
}

type tokensAnswer struct {
	Items []tokenView `json:"items"`
}

func (d *door) listTokens(ctx context.Context, by access.Actor, _ none) (tokensAnswer, error) {
	lines, err := d.reader.TokenLines(ctx, by)
	all := tokensAnswer{Items: []tokenView{}}
	for _, t := range lines {
		all.Items = append(all.Items, tokenOf(t))
	}
	return all, err
}

type tokenDone struct {
	ID   string `json:"id"`
	Done string `json:"done"` // revoke
}

func (d *door) revokeToken(ctx context.Context, by access.Actor, p byID, _ none) (tokenDone, error) {
	return tokenDone{p.ID, "revoke"}, d.desk.Revoke(ctx, by, p.ID)
}
