/**
 * What stands in the field of the search. It is asked a moment after the last letter, by putting it into the address;
 * when the address says something else, as after a step back, the field follows.
 */
export type TypedQuestionPorts = {
  after(delayMs: number, task: () => void): () => void;
  /** Puts a text into the address. */
  ask(text: string): void;
};

/** Milliseconds without a letter after which the text is asked: less than a pause, more than between two letters. */
const restMs = 120;

export class TypedQuestion {
  text = $state('');
  readonly #ports: TypedQuestionPorts;
  /** What the address says, as far as we know. */
  #asked = '';
  #cancel = () => {};

  constructor(ports: TypedQuestionPorts) {
    this.#ports = ports;
  }

  type(text: string): void {
    this.text = text;
    this.#cancel();
    this.#cancel = this.#ports.after(restMs, () => this.askNow());
  }

  askNow(): void {
    this.#cancel();
    if (this.text === this.#asked) return;
    this.#asked = this.text;
    this.#ports.ask(this.text);
  }

  /** The address says this. What we put there ourselves is no news: more letters may have come since. */
  follow(text: string): void {
    if (text === this.#asked) return;
    this.#cancel();
    this.#asked = text;
    this.text = text;
  }

  stop(): void {
    this.#cancel();
  }
}
