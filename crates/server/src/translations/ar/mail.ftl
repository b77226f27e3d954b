# الأحرف الأربعون الأولى من كل موضوع لنا: لا يمكن لأي اسم أن يجعله يقول شيئًا آخر.
invitation-subject = دعوة إلى العمل معًا عبر الإنترنت بصفة ضيف لدى { $organization }
invitation-open = افتح الدعوة
invitation-copy = أو انسخ هذا العنوان إلى متصفّحك:
invitation-leads-to = تؤدي الدعوة إلى { $host }.
invitation-leads-until = تؤدي الدعوة إلى { $host }، حتى { $date }.
invitation-does-nothing = لا يحدث شيء بمجرد فتحها. أنت تقرّر في الصفحة.
invitation-not-sure = غير متأكد؟
invitation-never-asks = لا تطلب { $organization } كلمة مرور بالبريد أبدًا. إذا كنت لا تعرف { $inviter }، فاسأل أولًا بطريقة تثق بها من قبل، أو احذف هذه الرسالة.
mail-sent-to = أُرسلت إلى { $address } نيابة عن { $organization }.

passcode-subject = الرمز الذي طلبته من أجل تسجيل الدخول إلى { $organization }
passcode-mail-heading = رمزك لدى { $organization }
passcode-mail-app = طلبته لفتح { $app }.
passcode-mail-until = يصلح مرة واحدة، حتى { $time }، وفي المتصفّح الذي طلبه فقط.
passcode-mail-never = لن يسألك أحد عن هذا الرمز أبدًا، لا بالهاتف ولا بالبريد. ومن يفعل ذلك فليس من { $organization }.
passcode-mail-not-you = إذا لم تطلبه، فاحذف هذه الرسالة. من دون الرمز لا يحدث شيء.

consent-answer-subject = الجواب عمّا طلبته بشأن السماح لأحد التطبيقات لدى { $organization }
consent-answer-approved = تسمح { $organization } لتطبيق { $app } بما طلبته
consent-answer-denied = لا تسمح { $organization } لتطبيق { $app } بما طلبته
consent-answer-lapsed = لم يُجب أحد لدى { $organization } في الوقت المناسب عمّا طلبته لتطبيق { $app }
consent-answer-reason = السبب:
consent-answer-open = افتح التطبيق مرة أخرى. لن يُسأل أحد بعد الآن:
consent-answer-nothing = يمكنك المتابعة من دونه. تطبيقاتك الأخرى:
consent-answer-again = إذا كنت لا تزال بحاجة إليه، فافتح التطبيق واطلب مرة أخرى:
consent-digest-subject = هناك من يطلب موافقتك على السماح لتطبيقات لدى { $organization }
consent-reminder-subject = لا يزال هناك من ينتظر موافقتك على السماح لتطبيقات لدى { $organization }
consent-digest-heading = { $requests ->
    [zero] لا طلبات بشأن التطبيقات
    [one] طلب واحد بشأن تطبيق ينتظر الإجابة
    [two] طلبان بشأن التطبيقات ينتظران الإجابة
    [few] { $requests } طلبات بشأن التطبيقات تنتظر الإجابة
    [many] { $requests } طلبًا بشأن التطبيقات تنتظر الإجابة
   *[other] { $requests } طلب بشأن التطبيقات تنتظر الإجابة
}
consent-digest-line = يطلب { $person } السماح لتطبيق { $app }:
consent-digest-lapse = تنتهي قريبًا إذا لم يُجب أحد.
consent-digest-more = هناك أكثر مما ذُكر هنا.
consent-digest-look = انظر فيها وأجب عنها:
