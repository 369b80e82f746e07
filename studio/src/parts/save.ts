/** Hands a file to the person. */
export function save(content: Blob | Uint8Array, name: string): void {
  const blob = content instanceof Blob ? content : new Blob([content.slice()], { type: 'application/octet-stream' });
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
