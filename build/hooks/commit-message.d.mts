export function judgeMessage(text: string): string | undefined;
