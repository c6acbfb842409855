/** Short notes at the edge of the screen. Good news leaves by itself; a problem stays until it is read. */
import type { Problem } from '../../../shared/result.ts';

export type ToastAction = { label: string; run: () => void };
export type Toast = {
  id: number;
  tone: 'good' | 'bad';
  message: string;
  detail: string;
  actions: readonly ToastAction[];
};

/** Milliseconds that good news stays; long enough to reach its Undo. */
export const toastStayMs = 10_000;
const mostToasts = 4;

export class Toasts {
  items: readonly Toast[] = $state.raw([]);
  #nextId = 1;

  say(message: string, actions: readonly ToastAction[] = [], detail = ''): void {
    this.#add({ tone: 'good', message, detail, actions });
  }

  fail(problem: Problem, actions: readonly ToastAction[] = []): void {
    this.#add({ tone: 'bad', message: problem.message, detail: problem.advice, actions });
  }

  dismiss(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  #add(toast: Omit<Toast, 'id'>): void {
    this.items = [...this.items, { ...toast, id: this.#nextId }].slice(-mostToasts);
    this.#nextId += 1;
  }
}
