/**
 * What messages between peers consist of, whatever they say. Small ones are packed with it as the dictionary (RFC 8878,
 * section 6), so that an edit of one line costs little more than what is new in it. It never changes: another text
 * would be another coding, with another name.
 */

/** The name of the coding in HTTP, beside plain `zstd`. */
export const peerCoding = 'zstd-skein-1';
/** The coding of a message that many packed contents follow as they are (docs/decisions/0036-contents-beside-json.md). */
export const apartCoding = 'zstd-skein-2';
/** What Skein says that it takes, beside plain JSON. */
export const peerCodings = `${peerCoding}, ${apartCoding}`;

/** What comes most often goes last: it is the cheapest to refer to. */
export const peerDictionary = [
  '{"error":{"code":"peer-refused","subject":"","message":"","advice":"It is asked for again at the next exchange."}}',
  '{"contents":[{"hash":"","body":null},{"hash":"',
  '{"trigger_type":"threshold","conditions":{"pending_changes":5,"threshold":5},"covers":{"":[[',
  ']]},"changes":5,"files":4,"agents":["claude-code","codex-local","gemini-cli","human","unknown"],"report":"',
  '### Consolidation - 2026-01-01T00:00:00\\n<!-- skein:',
  ' -->\\n\\n**Trigger**: `threshold`\\n**Conditions**: {\\"pending_changes\\": 5, \\"threshold\\": 5}\\n',
  '**Consolidated changes**: 5 events in 4 files\\n\\n**Changed files**:\\n- **',
  '**: 1 event\\n  - `created` at 2026-01-01T00:00:00 (agent: unknown)\\n',
  '**: 2 events\\n  - `modified` at 2026-01-01T00:00:00 (agent: claude-code)\\n\\n---\\n",',
  '"locale":"en","report_file":"SYNC_STATUS.md"}},',
  '"kind":"conflict","payload":{"path":"","winner":"","loser":"","base":null}},',
  '"kind":"resolved","payload":{"path":"","loser":"","state":"resolved"}},{"kind":"hidden"},',
  '"report_of":"","joins":"merge","baseline":true,"waiting":true,"evidence":[',
  '{"agent":"skein","source":"skein","detail":"Skein wrote a report.","at":17',
  '{"agent":"skein","source":"skein","detail":"Skein merged what was written in several places at once.","at":17',
  '{"agent":"claude-code","source":"file-name","detail":"',
  '{"agent":"human","source":"git","detail":"Commit ',
  '"kind":"deleted","path":"docs/","class":"roadmap","content":null,"size":0,"previous":"',
  '"kind":"created","path":"memory-bank/","class":"note","content":"',
  '","size":1,"previous":null,"parents":[],',
  '"path":"AGENTS.md","class":"instructions","content":"',
  '"path":"SYNC_STATUS.md","class":"status","content":"',
  '"body":{"packing":"plain","data":"# ',
  '"body":{"packing":"zstd","data":"KLUv/',
  '{"node_id":"","watermark":"","has_more":false,"vector":"","lacks":[],"hidden":[],"now_ms":17',
  '{"accepted":true,"conflicts":[],"new_watermark":"","vector":"","node_id":"","now_ms":17","problems":[],"missing":[]}',
  '{"changes":[{"node":"","sequence":1,"hlc":"',
  '0000","kind":"modified","path":"HANDOFF.md","class":"journal","content":"',
  '","size":1,"previous":"","parents":["',
  '"],"evidence":[{"agent":"unknown","source":"none","detail":"Nothing told who wrote this.","at":17',
  '}],"body":{"packing":"delta","base":"","data":"KLUv/a',
  '="}}],"source_watermark":"","node_id":"","vector":"","ends":[{"node":"","sequence":1,"hlc":"',
  '"}],"scope":"1","to_come":{"changes":0,"bytes":0},"now_ms":17',
].join('');
