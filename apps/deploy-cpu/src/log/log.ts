// The log: one JSON object a line, on stderr. Nothing that a client sent is in it but counts and codes. Written
// without blocking: where nobody reads, lines are dropped and counted, and the server goes on.

import { write } from "node:fs";

const MOST_WAITING = 1024 * 1024;
const STDERR = 2;
const RETRY_MS = 50;

export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  event(name: string, fields?: LogFields): void;
  /** Resolves when everything is written, or after a second. */
  flush(): Promise<void>;
}

export function openLog(): Log {
  let waiting = "";
  let writing = false;
  let dropped = 0;
  let drained: (() => void) | null = null;
  const writeOn = (): void => {
    if (writing) return;
    if (waiting === "") {
      drained?.();
      return;
    }
    writing = true;
    const bytes = Buffer.from(waiting);
    waiting = "";
    const rest = (offset: number): void => {
      write(STDERR, bytes, offset, (error, count) => {
        if (error?.code === "EAGAIN") return void setTimeout(() => rest(offset), RETRY_MS);
        if (error === null && offset + count < bytes.byteLength) return rest(offset + count);
        writing = false;
        writeOn();
      });
    };
    rest(0);
  };
  return {
    event(name, fields = {}) {
      const line = JSON.stringify({
        time: new Date().toISOString(),
        event: name,
        ...fields,
        ...(dropped > 0 ? { droppedLines: dropped } : {}),
      });
      if (waiting.length + line.length > MOST_WAITING) {
        dropped += 1;
        return;
      }
      dropped = 0;
      waiting += `${line}\n`;
      writeOn();
    },
    flush: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, 1000);
        drained = () => {
          clearTimeout(timer);
          resolve();
        };
        writeOn();
      }),
  };
}
