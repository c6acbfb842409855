/** Completion scripts, written from the table of commands. */
import type { Argument, Command, Option } from './context.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

type Word = { word: string; summary: string };

/** What may follow one command: words, and whether paths may. `path` is `config set` for a nested command. */
export type Place = { path: string; words: readonly Word[]; options: readonly Word[]; takesFiles: boolean };

const globalOptions: readonly Word[] = [
  { word: '--json', summary: 'print the answer as JSON' },
  { word: '--data', summary: "Skein's data folder" },
  { word: '--workspace', summary: 'which workspace' },
  { word: '--no-color', summary: 'no colours' },
  { word: '--help', summary: 'show help' },
];

/** Every command with what may follow it, the whole command line first. */
export function completionPlaces(commands: readonly Command[]): Place[] {
  const top: Place = {
    path: '',
    words: [...namesOf(commands), { word: 'help', summary: 'show the help of a command' }],
    options: [...globalOptions, { word: '--version', summary: 'print the version' }],
    takesFiles: false,
  };
  return [top, ...commands.flatMap((command) => placesOf(command, ''))];
}

function placesOf(command: Command, parent: string): Place[] {
  const path = `${parent} ${command.name}`.trim();
  const args = command.args ?? [];
  const own: Place = {
    path,
    words: [...namesOf(command.commands ?? []), ...args.flatMap(choicesOf)],
    options: [...(command.options ?? []).flatMap(flagsOf), ...globalOptions],
    takesFiles: args.some(({ name }) => /^(?:PATH|FOLDER)/.test(name)),
  };
  return [own, ...(command.commands ?? []).flatMap((child) => placesOf(child, path))];
}

const namesOf = (commands: readonly Command[]): Word[] =>
  commands.map(({ name, summary }) => ({ word: name, summary }));
const choicesOf = ({ choices = [], summary }: Argument): Word[] => choices.map((word) => ({ word, summary }));
const flagsOf = ({ flags, summary }: Option): Word[] =>
  (flags.match(/--?[a-z][a-z-]*|-[A-Za-z]/g) ?? []).map((word) => ({ word, summary }));

/** The script of one shell, for the user to load. */
export function writeCompletion(shell: Shell, commands: readonly Command[]): string {
  const places = completionPlaces(commands);
  const writers = { bash: writeBash, zsh: writeZsh, fish: writeFish };
  return writers[shell](places);
}

const wordsOf = ({ words, options }: Place): string =>
  [...words, ...options].map(({ word }) => word).join(' ');

/** The deepest command that the words so far name decides what may follow. Shared by bash and zsh. */
const findPlace = `  local place="" word
  for word in "\${seen[@]}"; do
    case " \${known} " in
      *" \${place:+\${place}/}\${word} "*) place="\${place:+\${place}/}\${word}" ;;
    esac
  done`;

const knownPaths = (places: readonly Place[]): string =>
  places
    .map(({ path }) => path.replaceAll(' ', '/'))
    .filter((path) => path !== '')
    .join(' ');

const cases = (places: readonly Place[]): string =>
  places
    .map((place) => {
      const files = place.takesFiles ? ' files=1' : '';
      return `    '${place.path.replaceAll(' ', '/')}') words='${wordsOf(place)}'${files} ;;`;
    })
    .join('\n');

const writeBash = (places: readonly Place[]): string => `# bash completion for skein
_skein() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" files=""
  local seen=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  local known='${knownPaths(places)}'
${findPlace}
  case "\${place}" in
${cases(places)}
  esac
  COMPREPLY=($(compgen -W "\${words}" -- "\${current}"))
  if [[ -n "\${files}" && "\${current}" != -* ]]; then
    COMPREPLY+=($(compgen -f -- "\${current}"))
  fi
}
complete -o filenames -F _skein skein`;

const writeZsh = (places: readonly Place[]): string => `#compdef skein
_skein() {
  local choices="" files=""
  local -a seen
  seen=("\${(@)words[2,CURRENT-1]}")
  local known='${knownPaths(places)}'
${findPlace}
  case "\${place}" in
${cases(places).replaceAll("words='", "choices='")}
  esac
  compadd -- \${=choices}
  [[ -n "\${files}" ]] && _files
}
compdef _skein skein`;

const writeFish = (places: readonly Place[]): string => {
  const lines = places.flatMap((place) => [
    ...place.words.map((word) => fishLine(place, `-a ${word.word}`, word.summary)),
    ...place.options.map(({ word, summary }) => fishLine(place, fishFlag(word), summary)),
    ...(place.takesFiles ? [fishLine(place, '-F', 'file')] : []),
  ]);
  return [fishHead(places), ...lines].join('\n');
};

const fishHead = (places: readonly Place[]): string => `# fish completion for skein
function __skein_place
    set -l place ''
    set -l known ${knownPaths(places)}
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -c / -- "$place/$word")
        contains -- $next $known; and set place $next
    end
    test "$place" = "$argv[1]"
end
complete -c skein -f`;

const fishFlag = (word: string): string =>
  word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;

function fishLine({ path }: Place, what: string, summary: string): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const condition = quoted(`__skein_place "${path.replaceAll(' ', '/')}"`);
  return `complete -c skein -n ${condition} ${what} -d ${quoted(summary)}`;
}
