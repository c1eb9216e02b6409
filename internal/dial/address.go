package dial

import (
	"net/netip"
	"slices"
)

// metadata reports whether ip, or the IPv4 address it carries inside, answers with the
// credentials of a cloud machine. No allow list opens these.
func metadata(ip netip.Addr) bool {
	return slices.Contains(metadataAddrs(), ip.Unmap()) || slices.Contains(metadataAddrs(), inner(ip))
}

func metadataAddrs() []netip.Addr {
	return []netip.Addr{
		netip.AddrFrom4([4]byte{169, 254, 169, 254}), // AWS, Azure, Google, Huawei and most others
		netip.AddrFrom4([4]byte{169, 254, 170, 2}),   // AWS container credentials
		netip.AddrFrom4([4]byte{169, 254, 170, 23}),  // AWS pod identity
		netip.AddrFrom4([4]byte{169, 254, 0, 23}),    // Tencent Cloud
		netip.AddrFrom4([4]byte{100, 100, 100, 200}), // Alibaba Cloud
		netip.AddrFrom4([4]byte{192, 0, 0, 192}),     // Oracle Cloud
		netip.AddrFrom4([4]byte{168, 63, 129, 16}),   // Azure host agent: looks public
		netip.MustParseAddr("fd00:ec2::254"),         // AWS
		netip.MustParseAddr("fd00:ec2::23"),          // AWS pod identity
		netip.MustParseAddr("fd20:ce::254"),          // Google
	}
}

// inner is the IPv4 address that a transition form of IPv6 carries, or ip unmapped:
// ::a.b.c.d, 64:ff9b::/96 (RFC 6052), 2002::/16 (RFC 3056), 2001::/32 (RFC 4380, inverted).
func inner(ip netip.Addr) netip.Addr {
	ip = ip.Unmap()
	if ip.Is4() {
		return ip
	}
	b := ip.As16()
	switch {
	case within(ip, "::/96"), within(ip, "64:ff9b::/96"), within(ip, "64:ff9b:1::/48"):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case within(ip, "2002::/16"):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case within(ip, "2001::/32"):
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
	}
	return ip
}

func within(ip netip.Addr, prefix string) bool { return netip.MustParsePrefix(prefix).Contains(ip) }

// public reports whether ip is ordinary global unicast: in none of the special ranges of
// the IANA registries (RFC 6890 and later). IPv6 is public only inside 2000::/3.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || (ip.Is6() && !within(ip, "2000::/3")) {
		return false
	}
	return !slices.ContainsFunc(specialRanges(), func(p string) bool { return within(ip, p) })
}

func specialRanges() []string {
	return []string{
		"0.0.0.0/8",       // this network
		"10.0.0.0/8",      // private
		"100.64.0.0/10",   // carrier-grade NAT
		"127.0.0.0/8",     // loopback
		"169.254.0.0/16",  // link-local
		"172.16.0.0/12",   // private
		"192.0.0.0/24",    // protocol assignments
		"192.0.2.0/24",    // documentation
		"192.31.196.0/24", // AS112
		"192.52.193.0/24", // AMT
		"192.88.99.0/24",  // 6to4 relays
		"192.168.0.0/16",  // private
		"192.175.48.0/24", // AS112
		"198.18.0.0/15",   // benchmarking
		"198.51.100.0/24", // documentation
		"203.0.113.0/24",  // documentation
		"224.0.0.0/3",     // multicast, reserved, broadcast
		"2001::/23",       // protocol assignments, Teredo among them
		"2001:db8::/32",   // documentation
		"2002::/16",       // 6to4 carries an IPv4 address
		"2620:4f:8000::/48",
		"3fff::/20", // documentation
	}
}
