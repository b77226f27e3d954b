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
