export { sendNotice, sendOtp } from './jobs.ts';
export { outbox, type SentMessage } from './queries.ts';
