import { embeddingLimits } from './embedding-limits.ts';
import { gitLimits } from './git-limits.ts';

/** Every bound of Skein, with its unit and its reason. A number that limits something stands here or is a bug. */
export const limits = {
  /** Real agent files reach 1.2 MB (journals) and 4 MB (JSON lines); twice that is still a text that people read. */
  trackedFileBytes: 8 * 1024 * 1024,
  /** Bytes of a content that is stored as it is: zstd would make 300 bytes of 512, and take 60 µs for it. */
  rawContentBytes: 512,
  /** Bytes of a content that is hashed and packed at once, in some 4 ms; larger ones are worked on beside the event loop. */
  atOnceBytes: 256 * 1024,
  /** Bytes of contents that are kept unpacked beside the database: those of some pages that came from a peer. */
  recentContentsBytes: 8 * 1024 * 1024,
  /** Bytes that the process grows by until, at rest, memory is given back: that takes 30 ms, so not for every change. */
  memoryGrowthBytes: 6 * 1024 * 1024,
  /** Bytes that it may grow by in a burst: V8 lets its heap become four times as large before it looks what is in use. */
  memoryBurstBytes: 72 * 1024 * 1024,
  /** Bytes that it may grow by in the first second of a burst, in which most are over. */
  memoryShortBytes: 104 * 1024 * 1024,
  /** Milliseconds that such a second takes. */
  memoryShortMs: 1_000,
  /** Bytes that it must have grown by, too, since it gave memory back last: of what is in use nothing comes back. */
  memoryAgainBytes: 16 * 1024 * 1024,
  /** Milliseconds at least between two such pauses in a burst. */
  memoryAgainMs: 500,
  /** Milliseconds without news until it rests. */
  memoryRestMs: 600,
  /** Bytes that one step of such work takes, a millisecond: then others have their turn. */
  workStepBytes: 256 * 1024,
  /** Contents of one page from which on a thread unpacks them: fewer are unpacked before it hears of them. */
  aheadContents: 32,
  /** Bytes that they may unpack to: all of them are in memory at once. */
  aheadBytes: 32 * 1024 * 1024,
  /** Milliseconds without such work after which that thread ends: it holds some 10 MB, and starts in 40 ms. */
  unpackThreadRestMs: 3_000,
  /** Milliseconds that small calls to the disk may follow one another before everything else has its turn. */
  diskTurnMs: 4,
  /** Large versions of one workspace that wait for their way into the log; each keeps its bytes in memory. */
  largeVersions: 4,
  /** More tracked files than this in one workspace is a wrong pattern, not a team's notes. */
  trackedFiles: 20_000,
  /** Folders that one replica watches. Linux gives 8,192 watches on old kernels; past that the scan finds changes. */
  watchedFolders: 12_000,
  /** Folders that one scan walks before it stops and says that the patterns are too wide. */
  scannedFolders: 100_000,
  /** Folders of which the patterns' answer is remembered: those above the ones that a walk is at. */
  rememberedFolders: 1_000,
  /** Folder depth; deeper is a loop of links or generated. */
  folderDepth: 40,
  /** Characters in a path that we accept from outside; the common file-system limit is 4,096 bytes. */
  pathCharacters: 1024,
  /** Characters in a path under which the log may hold a file: what Linux allows, in bytes. */
  ownPathCharacters: 4_096,
  /** Hints that wait in the loop; past that they collapse into one full scan. */
  waitingHints: 2_000,
  /** Changes of one burst that are recorded before others hear of them, while the rest of it is looked at. */
  recordedAtOnce: 16,
  /** Milliseconds that a whole-looking file written in place must lie still before it is recorded. */
  settleWholeMs: 8,
  /** Milliseconds for a file that looks cut: empty, a prefix of its former self, half a character at its end. */
  settleCutMs: 250,
  /** Milliseconds after which a file that never lies still is recorded as it stands. */
  settleLongestMs: 2_000,
  /**
   * Milliseconds that Skein waits for others to leave a file alone before it gives up its own write: a report, which
   * is tried again, holds up every other file for as long; a person asked for a restore and is there to be told.
   */
  reportPatienceMs: 16,
  commandPatienceMs: 3_000,
  /** Files that are brought forward at a time: one sync of the disk's journal does for all of them. */
  writesAtOnce: 64,
  /** Bytes of contents that they may hold in memory together; the next ones are prepared meanwhile. */
  writtenAtOnceBytes: 8 * 1024 * 1024,
  /** Milliseconds until a report that gave way to somebody is tried again. */
  reportAgainMs: 250,
  /** Milliseconds within which an equal time stamp does not prove an equal file (git's racy index). */
  racyStatMs: 2_000,
  /** Milliseconds that a stamp may be ahead of our clock before it is refused (DESIGN rule 5). */
  clockAheadMs: 5 * 60_000,
  /** Rows of one page of the log. */
  pageRows: 1_000,
  /** Pending rows that one answer carries; the count is always exact. */
  pendingRows: 10_000,
  /** Bytes of one request body of the loopback API. */
  requestBytes: 1024 * 1024,
  /** Bytes of one body from a caller without a token, so that strangers fill no memory; a sign-in code needs 50. */
  openRequestBytes: 1024,
  /** Random bytes of a sign-in code: 128 bits, which nobody guesses. */
  signInCodeBytes: 16,
  /** Milliseconds that a sign-in code counts: a browser starts in that time, or a person copies the address. */
  signInCodeMs: 5 * 60_000,
  /** Sign-in codes that wait to be used; the oldest gives way. Nobody opens more browsers within five minutes. */
  signInCodes: 20,
  /** Wrong sign-in codes within `wrongSignInCodesMs` after which none is looked at; people mistype a few. */
  wrongSignInCodes: 20,
  wrongSignInCodesMs: 60_000,
  /** Event streams that one engine serves; a browser with twenty tabs, twice. */
  eventStreams: 40,
  /** Events of one file that a report lists; the history keeps all. */
  reportEventsPerFile: 20,
  /** Files that a report lists; the history keeps all. */
  reportFiles: 200,
  /** Changed lines of one side of a diff with word marks; larger changes are shown by lines only. */
  wordDiffLines: 4_000,
  /** Characters of a line with word marks; records of JSON lines reach 630 KB and nobody reads those by words. */
  wordDiffCharacters: 10_000,
  /** Changed words of two lines after which they stand unmarked. */
  wordDiffEdits: 400,
  /** Steps that one diff spends on word marks, a quarter of a second; what is left then stands unmarked. */
  wordDiffSteps: 4_000_000,
  /**
   * Edits among lines that both sides have, after which the line diff gives up and shows both sides whole.
   * Time grows with the square: 3,000 take half a second, 20,000 half a minute.
   */
  diffEdits: 3_000,
  /** Characters of a line that a merge reads by words; longer lines are records, which merge by field or not at all. */
  mergeLineCharacters: 20_000,
  /** Pairs of lines that one place of a merge compares by their words; past that the place counts as rewritten. */
  mergeAlignedPairs: 40_000,
  /** Things that one merge tells a person about. */
  mergeNotes: 20,
  /** Days that every version is kept, and days that one version a day is kept after that (DESIGN section 6). */
  everyVersionDays: 90,
  dailyVersionDays: 365,
  /**
   * Days after which a version may be gone somewhere that was needed to decide what a file holds: then that is written
   * down. Less than `everyVersionDays` by more than clocks are apart.
   */
  agedVersionDays: 60,
  /** Days that a clock may be ahead of the last collection before somebody must agree: longer than most holidays. */
  clockLeapDays: 30,
  /** Days without a word after which others let old versions go without a replica: twice what every version is kept. */
  awayReplicaDays: 180,
  /** Milliseconds that the notice stays which says that the log was put back: three days, a weekend. */
  renewedNoticeMs: 3 * 86_400_000,
  /** Bytes of skein.json. */
  settingsBytes: 256 * 1024,
  /** Patterns that a workspace may add. */
  patterns: 500,
  /** Plain patterns that one list of patterns may stand for once its braces are written out. */
  plainPatterns: 2_000,
  /** Stars in one folder or file name of a pattern; matching time grows with the power of this (4 can take a second). */
  starsPerName: 3,
  ...gitLimits,
  /** Different SQL texts that one database keeps compiled; the engine has well under a hundred, filters add some. */
  compiledStatements: 500,
  /**
   * KiB of a database that are kept in memory. Rows of contents are spread over as many pages as they have bytes, so
   * that SQLite's own 2,000 are too few for one sync of 2,000 files (measured: a look-up took 120 µs instead of 12).
   */
  databaseCacheKiB: 8_192,
  /** Pages of 4 KiB in the write-ahead log before they go to the database, which waits for the disk and holds the loop. */
  walPages: 4_000,
  /** Milliseconds that a statement waits for another process that writes to the same database. */
  databaseBusyMs: 5_000,
  /** Milliseconds between two tries at making a new file one for several, where SQLite itself does not wait. */
  databaseBusyPauseMs: 2,
  /** Bytes of a database that is read into memory, because its folder cannot be written; twice that is needed. */
  databaseImageBytes: 1024 * 1024 * 1024,
  /** Milliseconds between two checks that each watch still belongs to the folder that has its name. */
  watchesCheckedMs: 10_000,
  /** Milliseconds between two looks at a folder that cannot tell of its changes (network and WSL mounts). */
  pollFoldersMs: 1_000,
  /** Milliseconds that the list of running agents is believed before it is read again. */
  processListMs: 1_000,
  /** Milliseconds that one search for the holders of a file may take; it blocks the loop. */
  holderSearchMs: 25,
  /** Characters of a command line that are looked at. */
  commandCharacters: 4_096,
  /** Rows of the folder browser. */
  folderRows: 500,
  /** Workspaces open at once; each holds a database, watches and a scan. */
  openWorkspaces: 32,
  /** Folders in the list of workspaces that were open once. */
  recentWorkspaces: 20,
  /** Worktrees of one repository that are looked at; each costs a question to git, once. */
  worktrees: 100,
  /** Worktrees and clones that the user wants to be offered no more. */
  hiddenReplicas: 200,
  /** Milliseconds within which the event stream tells of one workspace at most once. */
  changedEventMs: 50,
  /** Milliseconds that another Skein on this machine gets to answer that it is there. */
  healthAnswerMs: 1_500,
  /** Milliseconds to wait for the instance lock: longer than another process needs to look at it. */
  instanceWaitMs: 500,
  /** Milliseconds for the system to say that it opened the browser. */
  openBrowserMs: 2_000,
  /** Milliseconds that the doctor spends on one database; a log of a million changes takes a few seconds. */
  databaseCheckMs: 60_000,
  /** Free bytes in the data folder under which the doctor warns: a busy team's log of some months. */
  freeSpaceBytes: 512 * 1024 * 1024,
  /** Milliseconds between pings of an event stream: under the 30 s after which proxies call a stream dead. */
  eventPingMs: 15_000,
  /** Milliseconds that a client gets for its request line and headers; slower is a fault or an attack. */
  requestHeadersMs: 10_000,
  /** Milliseconds for a whole request with its body, which is at most `requestBytes`. */
  requestWholeMs: 30_000,
  /** Milliseconds of silence after which a connection is cut; event streams ping more often. */
  idleConnectionMs: 60_000,
  /** Connections that the loopback server keeps: every event stream, and six of each browser for the rest. */
  connections: 200,
  /** Milliseconds that requests under way get to finish when the server stops. */
  serverStopMs: 1_000,
  /** Processes that are looked at to name the holder of a busy port. */
  portHolderProcesses: 5_000,
  /** Changes shown before and after one change. */
  neighbourRows: 5,
  /** Days of one answer about activity: a chart of a year and some. */
  activityDays: 400,
  /** Entries of one folder that the folder browser reads. */
  folderEntries: 20_000,
  /** Files and agents that the metrics name; each is a time series in the collector for ever. */
  metricFiles: 2_000,
  metricAgents: 100,
  /** Files of the built interface kept in memory, compressed. */
  staticFiles: 200,
  /** Characters of a skein:// link; the longest path and its workspace fit. */
  deepLinkCharacters: 4_096,
  /** Milliseconds between a change and the tray that tells of it: several changes draw one menu. */
  trayRefreshMs: 120,
  /** Milliseconds after the last move or resize before the place of the window is written. */
  windowSaveMs: 500,
  /** Milliseconds in which the changes of one burst are gathered before a notification tells of them. */
  burstGatherMs: 1_500,
  /** Milliseconds between two notifications about changes. */
  burstQuietMs: 30_000,
  /** Notifications that are kept alive so that a click on them still leads somewhere. */
  keptNotifications: 20,
  /** Milliseconds for everything to stop when the user quits; what was recorded is safe before. */
  desktopStopMs: 10_000,
  /** Bytes of the desktop's log before it starts anew; the one before is kept. */
  desktopLogBytes: 1024 * 1024,
  /** Milliseconds between two scans that focus asks for: switching windows back and forth is no news. */
  focusScanMs: 2_000,
  /** Milliseconds that a command waits for a Skein that is just starting or stopping, and between two looks at it. */
  instanceStartMs: 15_000,
  instancePollMs: 100,
  /** Changes that `skein log` shows unless told otherwise: a screen. */
  logRows: 20,
  /** Bytes of a version above which a patch is not worked out; the whole old and new text stand in it instead. */
  patchBytes: 2 * 1024 * 1024,
  /** Nodes in one vector: a large team's laptops and worktrees over years. */
  vectorNodes: 4_096,
  /** Of these, nodes that no peer may take: a log takes another id of its own when it is restored from a backup. */
  vectorNodesKept: 64,
  /** Nodes whose two runs one exchange compares: machines that were put back from an image, or copied. */
  comparedRuns: 16,
  /** Heads of one file that one change stands on; the others stay heads until the next change. */
  mergedHeads: 30,
  /** Versions of one file that are merged at once; past that the oldest wait in the conflict inbox. */
  mergedVersions: 300,
  /** Changes of one file that are walked to find what two versions have in common. */
  ancestorsWalked: 20_000,
  /** Pieces of evidence that one change carries to a peer. */
  evidenceEntries: 20,
  /** Bytes of a message that one piece of work in a thread packs or unpacks: about a page. */
  messagePieceBytes: 2 * 1024 * 1024,
  /** Pages that are asked for while one before them is taken: writing the files of some takes as long as two are on their way. */
  pagesAhead: 2,
  /** Rows of such pages with which no more are asked for: of small changes one page is enough. */
  rowsAhead: 1_000,
  /** Bytes of packed contents from which on they follow the JSON of their message: fewer are smaller with the dictionary. */
  packedApartBytes: 16 * 1024,
  /** Bytes of contents and rows in one page for a peer, before compression; both sides hold several forms of a page in memory. */
  pageBytes: 2 * 1024 * 1024,
  /**
   * Bytes of the newest contents that came with pages until their files are written though more pages follow: what is
   * written then is at hand, and a file that changed often is not written for each change.
   */
  arrivedBytes: 4 * 1024 * 1024,
  /** What each file counts among these at least, and changes after which files are written all the same. */
  arrivedFileBytes: 1_024,
  arrivedRows: 100_000,
  /** Paths of changes of others that are remembered to have been checked: those of a large workspace. */
  checkedPaths: 4_096,
  /** Rows whose sizes are added up to tell a peer how many bytes it lacks; of more the rest is worked out from these. */
  sizesRead: 500,
  /** Rows in one page for a peer. */
  pageRowsSent: 10_000,
  /** Rows that one exchange takes: more than a log of some years holds. The rest comes with the next. */
  exchangeRows: 2_000_000,
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
  /** Milliseconds in which a change that we may not read may reach others from who may, before they get its place from us. */
  hiddenKeptMs: 30_000,
  /** Milliseconds in which a change may reach others from its writer before we pass it on. */
  relayMs: 100,
  /** Rows that are worth a wait when two meet, so that none goes twice, and the milliseconds of that wait. */
  muchRows: 200,
  meetingMs: 150,
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
  /** Milliseconds in which the same signal counts once: whoever passes one on may do so after the group has it. */
  signalEchoMs: 500,
  /** Milliseconds that a holder keeps the lock of a repository without renewing it (reference/001). */
  lockLeaseMs: 300_000,
  /** Milliseconds past its lease after which others take the lock from a holder that gives no sign of life. */
  lockGraceMs: 10_000,
  /** Milliseconds that the first in line may leave a free lock alone before those behind pass it by: it was stopped. */
  lockStallMs: 5_000,
  /** Milliseconds between two tries for the lock: an eighth of the wait so far, between these. */
  lockPollShortestMs: 1,
  lockPollLongestMs: 40,
  /** Milliseconds between two looks of a waiter at who holds the lock, and of a host at another program's hold. */
  lockLookMs: 1_000,
  /** Bytes of what one waiter or holder says of itself. */
  lockRecordBytes: 4 * 1024,
  /** Characters of the name of an agent, and of an operation, in it. */
  lockNameCharacters: 200,
  /** Processes in the line for one lock. */
  lockWaiters: 500,
  /** Bytes of the history of a lock before it starts anew; the one before is kept: some thousand holds. */
  lockHistoryBytes: 256 * 1024,
  /** Milliseconds that `skein lock run` may be told to wait: a week. */
  lockWaitMs: 7 * 86_400_000,
  ...embeddingLimits,
  /** Passages that the codes of their vectors choose for a closer look: 99.8 % of the true ten nearest of 8,000 are among 150. */
  vectorCandidates: 250,
  matchedPassages: 30_000, // that hold the words of a question: to rank so many takes some 20 ms
  fusedPassages: 50, // of each list: what is further down in both decides nothing
  foundPassages: 20, // of one answer, unless asked for fewer or more
  foundPassagesMost: 100,
  /** Characters of a passage that a list of results shows: six lines of a terminal. */
  excerptCharacters: 480,
  /** Characters of a question; one that is longer is a page to be compared, which `similar` does. */
  questionCharacters: 1_000,
  /** Milliseconds without a change until what changed is indexed, at the latest, and from the opening of a workspace. */
  knowledgeWakeMs: 300,
  knowledgeCalmMs: 1_000, // without an exchange until indexing goes on
  knowledgeLatestMs: 10_000,
  knowledgeExchangeMs: 300_000, // the same while an exchange goes on
  knowledgeHeldMs: 10_000, // that indexing gives way to others, until it had as long for itself
  knowledgeAgainMs: 1_000, // after a failure, at least
  knowledgeStopMs: 5_000, // that its thread may take to end
  knowledgeOpenMs: 2_000,
  knowledgeWaitMs: 10_000, // that a command waits for what changed, when no Skein runs that keeps the index up
  progressToldMs: 2_000, // between two lines for who waits at a terminal
  storedAtOnce: 128, // passages that a store is given: half a megabyte of vectors
  storeRounds: 3, // times in a row that a store is filled up and is not what it should be: somebody else writes there
  storeLookMs: 30_000, // after which it is looked at again before it is asked
  storeQuestionMs: 3_000, // for an answer to a question, and to anything else
  storeAnswerMs: 60_000,
  storeSettleMs: 60 * 60_000, // to make an index of all vectors
  storeAnswerBytes: 16 * 1024 * 1024,
  knowledgeAskedIdleMs: 60_000, // the same after a question: the first one of 100,000 passages takes half a second longer
  knowledgeIdleMs: 2_000, // without work or question until it gives back its thread; starting one takes 100
  /**
   * Milliseconds that a note of an outbox stays with its worker unless it says that it lives, which it does three times
   * as often: of a worker that died the note is with another one after that.
   */
  outboxLeaseMs: 60_000,
  /** Milliseconds between two looks at an outbox of which no notification came. */
  outboxPollMs: 5_000,
  outboxPollLongestMs: 24 * 60 * 60_000,
  /** Milliseconds after which all notes of an outbox are compared: an event may have been forgotten. */
  outboxCompareMs: 60 * 60_000,
  /** Bytes of one note: it is held in memory several times while it is cut and embedded. */
  outboxNoteBytes: 16 * 1024 * 1024,
  /** Milliseconds to reach a PostgreSQL, and for its answer; comparing a million notes takes it a minute. */
  outboxConnectMs: 10_000,
  outboxQueryMs: 5 * 60_000,
  /** Milliseconds that the note under way may take to end when a worker is to stop; then it is given back. */
  outboxStopMs: 10_000,
  /** Milliseconds between two lines of progress. */
  outboxProgressMs: 5_000,
  /** Bytes of one index file that is exchanged: an index of some ten million vectors. */
  indexFileBytes: 64 * 1024 * 1024 * 1024,
  /** Index files of one folder, and entries of one list in a message: a few for each catalogue. */
  indexFiles: 20_000,
  /** Bytes of one entry of a list in a message, and of anything in it that we do not know. */
  indexEntryBytes: 16 * 1024,
  /** Bytes of an index file that are in memory at once while it is read, sent or written; a multiple of 3, for base64. */
  indexPieceBytes: 192 * 1024,
  /** Bytes of index files in one push, past which another one begins: what a broken line costs to send again. */
  indexPushBytes: 64 * 1024 * 1024,
  /** Versions of one path, and rows in all, that are remembered to have lain in the folder, to know a deletion. */
  indexVersionsSeen: 16,
  indexRowsSeen: 200_000,
  /** Milliseconds after which an unfinished index file was left by a crash: nobody is that slow between two pieces. */
  indexLeftoverMs: 60 * 60_000,
  /** The part of the files that may differ after an exchange before it is warned of (reference/000). */
  indexDrift: 0.01,
  /** Index files refused by one exchange that are named; the others are counted. */
  indexRefusalsNamed: 20,
  /** Characters of a refused path that are kept. */
  refusedPathCharacters: 200,
  /** Peers of GLOBAL_KNOWLEDGE_SYNC_PEERS, which are asked one after another. */
  indexPeers: 50,
  /** Seconds and minutes that its settings may be. */
  indexTimeoutSeconds: 3_600,
  indexIntervalMinutes: 7 * 24 * 60,
  /** Milliseconds of the longest wait after failures of a peer. */
  indexRetryLongestMs: 60 * 60_000,
  /** Milliseconds within which the first exchange begins, so that clusters that start together do not all ask at once. */
  indexStartMs: 15_000,
  /** Milliseconds for one request with several GB of index files; a minute of silence ends it before. */
  indexRequestMs: 24 * 60 * 60_000,
} as const;
