import { recoveryCodeForm } from '#lib/forms/staff.ts';
import { giveRecoveryCode } from '#lib/server/masters/index.ts';
import { answerStep, requireStep } from '../../session.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	await requireStep(event, 'code');
	return {};
};

export const actions: Actions = {
	default: (event) => answerStep(event, recoveryCodeForm, giveRecoveryCode),
};
