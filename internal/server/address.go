package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Address answers who asks: the other end of the connection, or, where that is a proxy of
// ours, the last address before it that is none. What a stranger writes into the header is
// never believed (ASVS V4.1.3).
func Address(proxies []netip.Prefix) func(*http.Request) netip.Addr {
	ours := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return func(r *http.Request) netip.Addr {
		at := peer(r)
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			if !ours(at) {
				return at
			}
			before, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				return at
			}
			at = before.Unmap()
		}
		return at
	}
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}
