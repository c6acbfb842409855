/** The bounds of what other devices may send and ask, each with its unit and its reason: a part of `limits`. */
export const peerLimits = {
  /** Nodes in one vector: a large team's laptops and worktrees over years. */
  vectorNodes: 4_096,
  /** Of these, nodes that no peer may take: a log takes another id of its own when it is restored from a backup. */
  vectorNodesKept: 64,
  /** Heads of one file that one change stands on; the others stay heads until the next change. */
  mergedHeads: 30,
  /** Versions of one file that are merged at once; past that the oldest wait in the conflict inbox. */
  mergedVersions: 300,
  /** Changes of one file that are walked to find what two versions have in common. */
  ancestorsWalked: 20_000,
  /** Pieces of evidence that one change carries to a peer. */
  evidenceEntries: 20,
  /** Bytes of contents and rows in one page for a peer, before compression; both sides hold several forms of a page in memory. */
  pageBytes: 2 * 1024 * 1024,
  /**
   * Bytes of contents that came with pages until their files are written though more pages follow: what is written
   * then is at hand, and a file that changed often is not written for each change.
   */
  arrivedBytes: 4 * 1024 * 1024,
  /** Rows in one page for a peer. */
  pageRowsSent: 10_000,
  /** Rows in one page unless the asker says otherwise (reference/002). */
  pageRowsUsual: 1_000,
  /** Bytes of a content up to which it travels as plain text: packing gains nothing, the page is packed as a whole. */
  plainBodyBytes: 1_024,
  /** Bytes of a content from which a delta is worth unpacking the version before it. */
  deltaBodyBytes: 1_024,
  /** Contents that one question asks a peer for. */
  contentsAsked: 200,
  /** Milliseconds to wait after the first failure of a peer, and the longest wait. */
  retryFirstMs: 1_000,
  retryLongestMs: 5 * 60_000,
  /** Milliseconds in which a change may reach others from its writer before we pass it on. */
  relayMs: 100,
  /** Milliseconds that a peer may need to write the files of one page before it asks for the next. */
  takingMs: 5_000,
  /** Milliseconds between two exchanges with a peer that has no news (reference/002). */
  syncIntervalMs: 60_000,
  /** Milliseconds that the lag of each peer is remembered, and the steps in which: 1,440 of them at most. */
  lagHistoryMs: 24 * 60 * 60_000,
  lagSpanMs: 60_000,
  /** Milliseconds after which another replica consolidates what its writer's replica did not. */
  consolidationGraceMs: 30_000,
  /** Characters of one sentence of a problem that a peer tells, which is kept and shown: it may quote a path. */
  problemCharacters: 8 * 1024,
  /** Characters of one report that a peer may send. */
  reportCharacters: 4 * 1024 * 1024,
  /** Characters of an address that a person types: a DNS name has 253, then a port. */
  addressCharacters: 260,
  /** Characters of a device's name. */
  deviceNameCharacters: 60,
  /** Addresses that one peer is tried at. */
  peerAddresses: 8,
  /** Paired devices: a large team, each with three. */
  peers: 300,
  /** Characters of a pairing code or of the text of its QR code. */
  pairingTextCharacters: 1_000,
  /** Bytes of peers.json: `peers` with their certificates and shares. */
  peerFileBytes: 8 * 1024 * 1024,
  /** Milliseconds that a pairing code counts, and wrong codes after which it counts no longer. */
  pairingMs: 10 * 60_000,
  pairingTries: 5,
  /** Milliseconds that a question about the other person's answer waits for it. */
  pairingAnswerMs: 20_000,
  /** Bytes of one message between peers, unpacked: a page, or one large change. */
  peerMessageBytes: 48 * 1024 * 1024,
  /**
   * Bytes that the contents of one message from a peer unpack to, with the versions that they stand on; then the rest
   * waits for the next one, because nothing else happens meanwhile: zeros of this size take a second.
   */
  messageUnpackedBytes: 512 * 1024 * 1024,
  /** Bytes of a message from whom we are not paired with. */
  strangerMessageBytes: 16 * 1024,
  /** Bytes from which a message between peers is packed; shorter ones gain less than the header that says so. */
  packedMessageBytes: 256,
  /** Bytes of a message up to which the dictionary of peers is worth its set-up. */
  dictionaryMessageBytes: 16 * 1024,
  /** Milliseconds of silence after which a request to a peer counts as lost (reference/002). */
  peerSilenceMs: 30_000,
  /** Milliseconds to reach a peer at one address: a handshake over a slow mobile network takes two seconds. */
  peerConnectMs: 8_000,
  /** Milliseconds for a whole request of a peer: the largest message over a slow line. */
  peerRequestMs: 5 * 60_000,
  /** Milliseconds that a connection between peers stays open without a request: more than `syncIntervalMs`. */
  peerIdleMs: 120_000,
  /** Connections that the peer server keeps, and those of one device: its streams and some requests. */
  peerConnections: 400,
  peerConnectionsEach: 48,
  /** Connections of strangers at a time: somebody who types a code needs one or two. */
  strangerConnections: 16,
  /** Requests at a time to one peer; more wait. */
  peerRequests: 6,
  /** Milliseconds without a word after which a news stream counts as dead; the other side pings every `eventPingMs`. */
  newsSilenceMs: 40_000,
  /** Devices nearby that the list names. */
  nearbyDevices: 100,
  /** Milliseconds for the system to name the machine. */
  machineFactMs: 3_000,
} as const;
